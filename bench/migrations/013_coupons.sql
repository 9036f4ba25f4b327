CREATE TABLE public.coupons (
    code text PRIMARY KEY,
    percent_off integer NOT NULL CHECK (percent_off BETWEEN 1 AND 100),
    valid daterange NOT NULL
);

ALTER TABLE public.orders ADD COLUMN coupon text REFERENCES public.coupons (code);
