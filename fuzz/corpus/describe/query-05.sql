select (a).id, (ad).zip, (ad).* from a
