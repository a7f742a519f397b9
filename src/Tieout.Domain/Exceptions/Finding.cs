namespace Tieout.Domain.Exceptions;

/// <summary>
/// Why something stopped, in words a finance person can act on. The shell keeps it as an exception case together with the
/// document, its money and its period.
/// </summary>
/// <param name="Category">Who has to act.</param>
/// <param name="Code">Stable and machine-readable, such as <c>period-closed</c>; never shown alone.</param>
/// <param name="Cause">What happened and why, in plain words.</param>
/// <param name="Remedy">What to do, and what happens if nobody does.</param>
/// <param name="Technical">The ERP's own text, verbatim; empty when there is none.</param>
public sealed record Finding(ExceptionCategory Category, string Code, string Cause, string Remedy, string Technical = "");
