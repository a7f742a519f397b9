namespace Tieout.Application.Runs;

/// <summary>How far a run is, for whoever watches.</summary>
/// <param name="Done">Units done.</param>
/// <param name="Total">Units in all; 0 while unknown.</param>
/// <param name="Unit">What is counted, in the plural: <c>accounts</c>.</param>
/// <param name="Note">What it is doing; may be empty.</param>
public readonly record struct RunProgress(long Done, long Total, string Unit, string Note = "");
