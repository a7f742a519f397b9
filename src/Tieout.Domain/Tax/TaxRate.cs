namespace Tieout.Domain.Tax;

/// <summary>A rate of one tax code, for the days it is in force.</summary>
/// <param name="Code">Our tax code, such as <c>DE-19</c>.</param>
/// <param name="Rate">As a fraction: 0.19 is 19 %.</param>
/// <param name="From">The first day it is in force.</param>
/// <param name="Until">The first day it no longer is; null while open.</param>
public sealed record TaxRate(string Code, decimal Rate, DateOnly From, DateOnly? Until);
