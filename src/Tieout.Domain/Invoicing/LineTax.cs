namespace Tieout.Domain.Invoicing;

/// <summary>The tax of a line.</summary>
/// <param name="Code">Our tax code, such as <c>DE-19</c>.</param>
/// <param name="Category">UNCL5305: S standard, Z zero, E exempt, AE reverse charge, G export, O outside scope.</param>
/// <param name="Rate">As a fraction: 0.19 is 19 %.</param>
/// <param name="SupplyOn">The day of supply, whose rate it is.</param>
/// <param name="Ground">The legal ground that the invoice has to show; empty where none is needed.</param>
/// <param name="Note">What the line says about its tax: that the rate changed inside the period. Mostly empty.</param>
public sealed record LineTax(string Code, string Category, decimal Rate, DateOnly SupplyOn, string Ground = "", string Note = "");
