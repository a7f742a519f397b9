using Dapper;
using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Application.Journals;

namespace Tieout.Application.Statements;

/// <summary>A payment of a statement as it stands; nobody else books it, declines it or sets it free until the transaction ends.</summary>
/// <param name="Entry">Number of what booked it; empty for nothing.</param>
/// <param name="Attempt">Which time it is booked, or would be.</param>
internal sealed record LockedLine(string Key, string State, string Entry, int Attempt)
{
    /// <summary>Null where no statement has it.</summary>
    public static Task<LockedLine?> Take(NpgsqlConnection connection, string key, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<LockedLine>(new CommandDefinition(
            "select key, state, entry_number as entry, attempt from cash.bank_line where tenant = 1 and key = @key for update", new { key },
            cancellationToken: cancel));

    /// <summary>The key under which it is booked, by whomever, this time.</summary>
    public string Once => LinePayment.KeyOf(Key, Attempt);

    /// <summary>The key under which the transfer is booked to the bank account that a confirmed entry really moved on.</summary>
    public string Moved => $"{Once}:moved";

    public bool IsBooked => State == "booked";

    /// <summary>
    /// A person decided it, or it was booked before and that was taken back: matching leaves it alone, whatever it found before it was locked.
    /// </summary>
    public bool IsAPersons => IsBooked || State == "declined" || Attempt > 1;

    /// <summary>It is booked already, as something else than what is asked.</summary>
    public JournalOutcome.Refused Booked => new(
        "line", "line-booked", $"{Entry} books it already", $"Look at {Entry}; where it is wrong, take it back first (tieout journal reverse {Entry}).");

    /// <summary>What books it, told again where it was asked for in the same words; null where it was not.</summary>
    public async Task<JournalOutcome?> Same(NpgsqlConnection connection, string content, CancellationToken cancel) =>
        await GivenOnce.Find(connection, Once, content, cancel) is GivenOnce.Earlier.Same ? await Again(connection, cancel) : null;

    /// <summary>What books it, told again.</summary>
    public async Task<JournalOutcome> Again(NpgsqlConnection connection, CancellationToken cancel) =>
        new JournalOutcome.Done((await FindJournals.Read(connection, Entry, cancel))!, Again: true);

    /// <summary>For matching, which asks again with everybody's decisions in mind.</summary>
    public static JournalOutcome.Refused Decided { get; } =
        new("line", "line-decided", "somebody decided it meanwhile", "Look at the line.");
}

/// <summary>Who decides what a line is.</summary>
/// <param name="Proof">Why it is certain, where the line is to say so; null else.</param>
/// <param name="IsPerson">False for matching, which overrides nobody.</param>
internal sealed record LineBy(string Actor, string Reason, bool IsPerson, IReadOnlyList<string>? Proof = null);
