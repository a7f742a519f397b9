using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Intake;
using Tieout.Domain.Catalog;

namespace Tieout.Application.Catalog;

/// <summary>
/// Brings plans and their versions into the catalogue: first as a draft, which may be replaced, then published, which never changes
/// again. Each call is one transaction, and none of it is written when anything is refused.
/// </summary>
public sealed class ChangePlan(NpgsqlDataSource database)
{
    private static readonly string[] PlanMembers = ["code", "name", "product", "publish", .. PlanJson.VersionMembers];

    /// <summary>A new plan with its first version: <c>code</c>, <c>name</c>, <c>product</c>, <c>publish</c> and the version's members.</summary>
    public async Task<PlanOutcome> Create(JsonElement document, string actor, CancellationToken cancel)
    {
        List<PriceProblem> problems = [];
        var json = JsonFields.Top(document, problems).Allow(PlanMembers);
        var (code, name) = (json.Text("code"), json.Text("name"));
        var product = json.Find("product")?.AsText();
        var version = PlanJson.Read(json, code, 1, PlanVersion.Always, problems);
        var publish = json.FlagOr("publish", otherwise: false);
        if (problems.Count > 0) return new PlanOutcome.Refused(problems);

        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await IntakeLock.Take(connection, cancel);
        if (product is not null && !await Exists(connection, "select exists (select from catalog.product where tenant = 1 and code = @code)",
            product, cancel))
            return new PlanOutcome.Refused([new PriceProblem(
                "product", "unknown-product", $"There is no product '{product}'.", "Declare it in the books file, or leave it out.")]);
        if (await Exists(connection, "select exists (select from catalog.plan where tenant = 1 and code = @code)", code, cancel))
            return new PlanOutcome.Conflict("plan-exists", $"Plan '{code}' stands already; give it a new version, or choose another code.");
        var plan = await WriteVersion.Plan(connection, code, name, product, cancel);
        return await Write(connection, transaction, plan, version, publish ? actor : null, cancel);
    }

    /// <summary>
    /// The next version of a plan, or another text for a draft of it: <c>version</c>, <c>publish</c> and the version's members, of
    /// which <c>effective-from</c> is needed.
    /// </summary>
    public async Task<PlanOutcome> AddVersion(string code, JsonElement document, string actor, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await IntakeLock.Take(connection, cancel);
        if (await Find(connection, code, cancel) is not { } plan) return new PlanOutcome.NotFound();

        List<PriceProblem> problems = [];
        var json = JsonFields.Top(document, problems).Allow(["version", "publish", .. PlanJson.VersionMembers]);
        var next = plan.Versions.Select(version => version.Content.Version).DefaultIfEmpty(0).Max() + 1;
        var number = json.IntegerOr("version", next, next);
        json.Need("effective-from");
        if (number < 1) json.AddAt("version", "too-small", "Versions count from 1.", "Leave it out for the next one.");
        var version = PlanJson.Read(json, plan.Code, Math.Max(number, 1), PlanVersion.Always, problems);
        var publish = json.FlagOr("publish", otherwise: false);
        if (problems.Count > 0) return new PlanOutcome.Refused(problems);
        if (plan.Versions.Any(other => other.Content.Version == number && other.Status == VersionStatus.Published))
            return new PlanOutcome.Conflict("version-published",
                $"Version {number} of '{code}' is published and never changes; give the next version.");
        return await Write(connection, transaction, plan.Id, version, publish ? actor : null, cancel);
    }

    /// <summary>Publishes a draft; one that is published already stays as it is.</summary>
    public async Task<PlanOutcome> Publish(string code, int version, string actor, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await IntakeLock.Take(connection, cancel);
        var plan = await Find(connection, code, cancel);
        var draft = plan?.Versions.FirstOrDefault(other => other.Content.Version == version);
        if (plan is null || draft is null) return new PlanOutcome.NotFound();
        if (draft.Status == VersionStatus.Published)
            return new PlanOutcome.Done(code, version, VersionStatus.Published, draft.Fingerprint ?? PlanJson.Fingerprint(draft.Content));
        // A draft may have been written by hand.
        if (PlanRules.Check(draft.Content) is { Count: > 0 } problems) return new PlanOutcome.Refused(problems);
        return await Publish(connection, transaction, plan.Id, draft.Content, actor, cancel);
    }

    private static async Task<PlanOutcome> Write(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Guid plan, PlanVersion version, string? publisher, CancellationToken cancel)
    {
        try
        {
            await WriteVersion.Draft(connection, plan, version, cancel);
        }
        catch (PostgresException used) when (used.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            return new PlanOutcome.Conflict("draft-in-use",
                $"Somebody subscribed to a price of version {version.Version} already; give the next version.");
        }
        if (publisher is not null) return await Publish(connection, transaction, plan, version, publisher, cancel);
        await transaction.CommitAsync(cancel);
        return new PlanOutcome.Done(version.PlanCode, version.Version, VersionStatus.Draft, PlanJson.Fingerprint(version));
    }

    private static async Task<PlanOutcome> Publish(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Guid plan, PlanVersion version, string actor, CancellationToken cancel)
    {
        try
        {
            await WriteVersion.Publish(connection, plan, version, actor, cancel);
        }
        catch (PostgresException twice) when (twice is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "plan_version_begins_once" })
        {
            return new PlanOutcome.Conflict(
                "effective-from-taken", $"Another published version of '{version.PlanCode}' begins on {version.EffectiveFrom:yyyy-MM-dd}; choose another day.");
        }
        await transaction.CommitAsync(cancel);
        return new PlanOutcome.Done(version.PlanCode, version.Version, VersionStatus.Published, PlanJson.Fingerprint(version));
    }

    private static async Task<StoredPlan?> Find(NpgsqlConnection connection, string code, CancellationToken cancel) =>
        await StoredPlans.Load(connection, code, cancel) is [var plan] ? plan : null;

    private static Task<bool> Exists(NpgsqlConnection connection, string sql, string code, CancellationToken cancel) =>
        connection.QuerySingleAsync<bool>(new CommandDefinition(sql, new { code }, cancellationToken: cancel));
}

/// <summary>What came of a change to a plan.</summary>
public abstract record PlanOutcome
{
    private PlanOutcome() { }

    /// <summary>It stands.</summary>
    /// <param name="Plan">The plan's code.</param>
    /// <param name="Version">Which version.</param>
    /// <param name="Status">Draft or published.</param>
    /// <param name="Sha256">Fingerprint of its canonical form.</param>
    public sealed record Done(string Plan, int Version, VersionStatus Status, string Sha256) : PlanOutcome;

    /// <summary>Fields that are wrong; nothing was written.</summary>
    public sealed record Refused(IReadOnlyList<PriceProblem> Problems) : PlanOutcome;

    /// <summary>It contradicts what stands; nothing was written.</summary>
    public sealed record Conflict(string Code, string Reason) : PlanOutcome;

    /// <summary>There is no such plan or version.</summary>
    public sealed record NotFound : PlanOutcome;
}
