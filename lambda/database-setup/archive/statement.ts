/**
 * Finds the text of a command of the data definition. Where the client sent it by itself, the client's query is the text.
 * In one with several statements its place tells which one it is, and somebody who is not in a hurry may take the query
 * apart; but a place is only known as long as nothing in the same query undoes the session's state. In a function or a
 * DO block the text is in the context that PL/pgSQL gives with its errors. What cannot be told for certain is not told.
 */

/**
 * Takes a query apart at its semicolons, past quotes, comments and parentheses; comments are left out. Null if it ends
 * in the middle of something, or if a body of BEGIN ATOMIC is in it, whose semicolons are its own.
 */
const SPLIT = `
CREATE OR REPLACE FUNCTION holdfast.split_statements(query text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  rest text := query;
  piece text := '';
  pieces text[] := '{}';
  depth int := 0;
  token text;
  quoted text;
BEGIN
  IF query ~* '\\matomic\\M' THEN RETURN NULL; END IF;
  LOOP
    token := substring(rest FROM '''|"|\\$(?:[A-Za-z_][A-Za-z0-9_]*)?\\$|--|/\\*|;|\\(|\\)');
    EXIT WHEN token IS NULL;
    piece := piece || left(rest, strpos(rest, token) - 1);
    rest := substr(rest, strpos(rest, token));
    IF token = ';' THEN
      quoted := ';';
      IF depth = 0 THEN
        pieces := pieces || piece;
        piece := '';
      END IF;
    ELSIF token IN ('(', ')') THEN
      quoted := token;
      depth := depth + CASE token WHEN '(' THEN 1 ELSE -1 END;
    ELSIF token = '''' AND piece ~* '(^|[^a-z0-9_$])e$' THEN
      quoted := substring(rest FROM '^''(?:[^''\\\\]|\\\\.|'''')*''');
    ELSIF token = '''' THEN
      quoted := substring(rest FROM '^''(?:[^'']|'''')*''');
    ELSIF token = '"' THEN
      quoted := substring(rest FROM '^"(?:[^"]|"")*"');
    ELSIF token = '--' THEN
      quoted := substring(rest FROM '^[^\\n]*');
    ELSIF token = '/*' THEN
      quoted := substring(rest FROM '^/\\*(?:[^*]|\\*+[^*/])*\\*+/');
      IF strpos(substr(quoted, 3), '/*') > 0 THEN RETURN NULL; END IF;
    ELSE
      quoted := token || split_part(substr(rest, length(token) + 1), token, 1) || token;
      IF left(rest, length(quoted)) <> quoted THEN RETURN NULL; END IF;
    END IF;
    IF quoted IS NULL THEN RETURN NULL; END IF;
    piece := piece || CASE WHEN token IN ('--', '/*') THEN ' ' WHEN token = ';' AND depth = 0 THEN '' ELSE quoted END;
    rest := substr(rest, length(quoted) + 1);
  END LOOP;
  SELECT array_agg(p.one) INTO pieces FROM unnest(pieces || (piece || rest)) AS p(one) WHERE p.one ~ '\\S';
  RETURN pieces;
END $$;

-- Longer ones would take too long in the middle of somebody's migration.
CREATE OR REPLACE FUNCTION holdfast.has_several(query text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT query ~ ';\\s*[^\\s;]' AND (length(query) > 100000
      OR coalesce(cardinality(holdfast.split_statements(query)), 2) > 1) $$;
`;

const TEXT = `
-- Whether the place of a command in its query may be wrong: what counts it is undone with a transaction.
CREATE OR REPLACE FUNCTION holdfast.is_place_unknown(query text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT query ~* '\\m(rollback|abort|reset|discard)\\M' AND holdfast.has_several(query)
    AND coalesce((SELECT bool_or(piece ~* '^\\s*(rollback|abort|reset|discard)\\M')
                    FROM unnest(CASE WHEN length(query) <= 100000 THEN holdfast.split_statements(query) END) AS p(piece)), true) $$;

-- The text of a command that ran within a function, from the context of that function; null if it cannot be told.
CREATE OR REPLACE FUNCTION holdfast.inner_statement(context text, tag text) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  head constant text := 'SQL statement "';
  found text;
  rest text;
BEGIN
  IF NOT starts_with(context, head) THEN RETURN NULL; END IF;
  -- The first quotation mark before another frame ends it, unless the text itself looks like a frame.
  rest := substring(context FROM '"\\n(?:PL/[A-Za-z0-9]+ function |SQL function "|SQL statement ").*$');
  found := CASE WHEN rest IS NULL THEN regexp_replace(context, '"$', '') ELSE left(context, length(context) - length(rest)) END;
  found := substr(found, length(head) + 1);
  IF rest !~ ('^"\\n(PL/pgSQL function [^\\n]+ line [0-9]+ at [A-Za-z ]+|PL/[A-Za-z0-9]+ function "[^"\\n]+")'
               '(\\n(SQL statement "|SQL function "|PL/|COPY ).*)?$') THEN
    RETURN NULL;
  END IF;
  IF NOT holdfast.has_several(found) THEN RETURN found; END IF;
  IF length(found) > 100000 THEN RETURN NULL; END IF;
  SELECT CASE WHEN count(*) = 1 THEN min(btrim(piece, E' \\t\\r\\n')) END INTO found
    FROM unnest(holdfast.split_statements(found)) AS p(piece)
   WHERE regexp_replace(piece, '\\s+', ' ', 'g') ~*
         ('^ ?' || replace(tag, ' ', '( (or|replace|unlogged|unique|recursive|constraint))* ') || '\\M');
  RETURN found;
END $$;
`;

export const STATEMENT = SPLIT + TEXT;
