select ai[1], ai[1:2], at[i], ai[$1], jb['a'], jb['a'][1], (array[1,2,3])[2], array[[1,2],[3,4]], array[1,2.5], array[]::int[], array[$2, t] from a
