CREATE FUNCTION public.audit_change() RETURNS trigger
LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO public.audit (relation, operation, changed) VALUES (tg_table_name, tg_op, to_jsonb(new));
    RETURN NULL;
END
$body$;

CREATE TRIGGER orders_audit AFTER INSERT OR UPDATE ON public.orders
FOR EACH ROW EXECUTE FUNCTION public.audit_change();
