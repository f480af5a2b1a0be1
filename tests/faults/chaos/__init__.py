"""Users work while parts of the server are killed: the parts of `test_chaos`.

`plan` draws what happens from a seed, `operations` are what users do, `kills` is what they are interrupted by, and
`oracle` remembers what the server has acknowledged.
"""
