select rows(1), outs(1), (outs(1)).a, (rows(2)).*
