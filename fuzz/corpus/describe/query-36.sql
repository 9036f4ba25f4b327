select * from rows(1) r, outs(2) o, seta() s
