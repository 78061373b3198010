"""The wing of tables: a perceptron and a deep MLP that predict a column from the others."""
