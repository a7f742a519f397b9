using Tieout.Domain.Posting;

namespace Tieout.Connectors.Port;

/// <summary>
/// What ERPs that book in their own time told us by themselves about documents they had taken. A connector never trusts it alone: it says
/// when to look, and why something is not there.
/// </summary>
public interface IConfirmations
{
    /// <summary>Keeps under which references these documents leave, before they do. Safe to repeat.</summary>
    Task Expect(string target, IReadOnlyList<ExpectedConfirmation> expected, CancellationToken cancel);

    /// <summary>What was told under each reference so far, in the order asked.</summary>
    Task<IReadOnlyList<ToldOf>> Told(string target, IReadOnlyList<string> references, CancellationToken cancel);
}

/// <summary>A document on its way to an ERP that will confirm it later.</summary>
/// <param name="Reference">What the ERP will call it by.</param>
/// <param name="Key">Our business key.</param>
public sealed record ExpectedConfirmation(string Reference, string Key);

/// <summary>All that is known under one reference.</summary>
/// <param name="Reference">As asked.</param>
/// <param name="Expected">Whether it was ever about to leave.</param>
/// <param name="Confirmations">In the order they came.</param>
public sealed record ToldOf(string Reference, bool Expected, IReadOnlyList<Confirmation> Confirmations);

/// <summary>What a confirmation says of a document.</summary>
public enum ConfirmedAs
{
    /// <summary>It has a document number and no error.</summary>
    Booked,

    /// <summary>It has an error and no document number.</summary>
    Refused,

    /// <summary>The ERP works on it.</summary>
    OnItsWay,

    /// <summary>Both or neither: nobody knows.</summary>
    Unclear,
}

/// <summary>What an ERP says about one document.</summary>
/// <param name="Reference">What the ERP calls it by; ours.</param>
/// <param name="As">What it says.</param>
/// <param name="Document">The ERP's; null when it names none.</param>
/// <param name="Notes">The ERP's messages, in its order.</param>
/// <param name="ReceivedAt">When it came.</param>
public sealed record Confirmation(
    string Reference, ConfirmedAs As, ErpReference? Document, IReadOnlyList<ConfirmationNote> Notes, DateTimeOffset ReceivedAt = default);

/// <summary>One message of a confirmation.</summary>
/// <param name="Type">Its number in the ERP; may be empty.</param>
/// <param name="Severity">1 information, 2 warning, 3 error, 4 abort.</param>
/// <param name="Text">The ERP's own.</param>
public sealed record ConfirmationNote(string Type, int Severity, string Text);

/// <summary>Where nobody can tell us anything.</summary>
public sealed class NoConfirmations : IConfirmations
{
    private NoConfirmations() { }

    /// <summary>The one there is.</summary>
    public static NoConfirmations Instance { get; } = new();

    /// <inheritdoc/>
    public Task Expect(string target, IReadOnlyList<ExpectedConfirmation> expected, CancellationToken cancel) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<IReadOnlyList<ToldOf>> Told(string target, IReadOnlyList<string> references, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<ToldOf>>([.. references.Select(reference => new ToldOf(reference, Expected: false, []))]);
}
