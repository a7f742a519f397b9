using Dapper;
using Npgsql;
using Tieout.Domain.Usage;

namespace Tieout.Application.Usage;

/// <summary>What came of setting a time zone.</summary>
public enum TimeZoneOutcome
{
    /// <summary>It decides on the days of usage from now on.</summary>
    Set,

    /// <summary>It was so already.</summary>
    Unchanged,

    /// <summary>The tz database has no such name.</summary>
    UnknownZone,

    /// <summary>No billing account has the code.</summary>
    UnknownAccount,

    /// <summary>The account has usage: another zone would move it between days that may be billed.</summary>
    HasUsage,
}

/// <summary>Sets the time zone of a billing account, before its first usage.</summary>
public sealed class AccountTimeZone(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Sets it, or says why not. Intake that runs meanwhile sees it within <see cref="IntakeBooks.Fresh"/>.</summary>
    public async Task<TimeZoneOutcome> Set(string account, string zone, CancellationToken cancel)
    {
        if (!LocalDays.TryZone(zone, out _)) return TimeZoneOutcome.UnknownZone;
        await using var connection = await database.OpenConnectionAsync(cancel);
        // Only what is summed up is found by account.
        await UsageSummaries.CatchUp(connection, clock, cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var stands = await connection.QuerySingleOrDefaultAsync<(Guid Id, string Zone)?>(new CommandDefinition(
            "select id, time_zone from customers.billing_account where tenant = 1 and code = @account for update", new { account }, cancellationToken: cancel));
        if (stands is not { } known) return TimeZoneOutcome.UnknownAccount;
        if (known.Zone == zone) return TimeZoneOutcome.Unchanged;
        var used = await connection.QuerySingleAsync<bool>(new CommandDefinition(
            "select exists (select from usage.summary where billing_account_id = @Id)", new { known.Id }, cancellationToken: cancel));
        if (used) return TimeZoneOutcome.HasUsage;
        await connection.ExecuteAsync(new CommandDefinition(
            "update customers.billing_account set time_zone = @zone where id = @Id", new { known.Id, zone }, cancellationToken: cancel));
        await transaction.CommitAsync(cancel);
        return TimeZoneOutcome.Set;
    }
}
