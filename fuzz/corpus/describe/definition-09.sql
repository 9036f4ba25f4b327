CREATE DOMAIN posint AS int CHECK (value > 0);
