"""A book under moved markets: ladders of full revaluation, and how much of a change its Greeks explain."""
