select i+1, i+1.5, i+f, s+s, s*i, n/i, i/2, i%2, -i, +i, @i, i^2, |/f, ||/f, n^2 from a
