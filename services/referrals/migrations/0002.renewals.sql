-- A consent can be renewed and withdrawn: it then goes on as two others.
ALTER TABLE withdrawn_bases DROP CONSTRAINT withdrawn_bases_pkey, ADD PRIMARY KEY (basis, successor);
