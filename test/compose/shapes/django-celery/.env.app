# Read by all containers.
SECRET_KEY='django-insecure-4f$x'
export ALLOWED_HOSTS=shop.example.org,localhost
DEBUG=false
EMAIL_HOST=smtp.mailgun.org
EMAIL_HOST_PASSWORD="mailgun-password" # of the relay
SENTRY_DSN=https://abcdef@o1.ingest.sentry.io/2
