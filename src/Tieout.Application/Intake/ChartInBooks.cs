using Npgsql;
using Tieout.Application.Ledger;
using Tieout.Application.Settings;
using Tieout.Domain.Ledger;

namespace Tieout.Application.Intake;

/// <summary>The key <c>chart</c> of a legal entity in the books file: an account, with the number and the name it has there.</summary>
internal static class ChartInBooks
{
    /// <summary>What is declared; whether it may be so is judged with what stands.</summary>
    /// <exception cref="SettingsException">No such account, or a value that cannot be meant.</exception>
    public static IReadOnlyList<ChartWish> Read(SettingsNode? chart)
    {
        if (chart is null) return [];
        List<ChartWish> wishes = [];
        foreach (var (account, node) in chart.Entries())
        {
            node.Allow("number", "name");
            var wish = new ChartWish(account, node.Find("number")?.Text().Trim(), node.Find("name")?.Text().Trim());
            // What others are called does not matter yet.
            if (ChartRules.Judge(ChartOfAccounts.Default, [wish]).FirstOrDefault(problem => problem.Code != "number-taken") is { } wrong)
                throw node.Error($"{wrong.Reason} {wrong.Remedy}");
            wishes.Add(wish);
        }
        return wishes;
    }

    /// <summary>Writes what differs from what stands; how many accounts did, and what contradicts it.</summary>
    public static async Task<(int Changed, IReadOnlyList<string> Problems)> Save(
        NpgsqlConnection connection, IEnumerable<DeclaredLegalEntity> declared, CancellationToken cancel)
    {
        var changed = 0;
        List<string> problems = [];
        foreach (var entity in declared.Where(entity => entity.Chart.Count > 0))
        {
            var known = (await LedgerBooks.Entity(connection, entity.Code, cancel))!;
            var (count, problem) = await Charts.Write(connection, known.Id, entity.Chart, "books", "books file", cancel);
            if (problem is not null) problems.Add($"Legal entity '{entity.Code}', chart: {problem.Reason} {problem.Remedy}");
            changed += count;
        }
        return (changed, problems);
    }
}
