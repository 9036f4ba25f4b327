select add(1), add(1,2), add(y => 2, x => 1), pick(1, array[1]), pick('a'::text, array['b']), va_sum(1,2,3), va_sum(variadic array[1])
