using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Application.Intake;
using Tieout.Domain.Tax;

namespace Tieout.Application.Tax;

/// <summary>What came of importing rates by country.</summary>
public abstract record TaxRatesOutcome
{
    private TaxRatesOutcome() { }

    /// <summary>Received = accepted + ended + unchanged + those of the refused codes; a code is taken as a whole or not at all.</summary>
    /// <param name="Received">Rates the file declares.</param>
    /// <param name="Accepted">New ones.</param>
    /// <param name="Ended">Stored open rates that the file now gives an end.</param>
    /// <param name="Unchanged">Rates that stood already.</param>
    /// <param name="Territories">New territories.</param>
    /// <param name="Refused">Codes and places of the file that were not taken.</param>
    public sealed record Done(
        int Received, int Accepted, int Ended, int Unchanged, int Territories, IReadOnlyList<RefusedTaxRate> Refused) : TaxRatesOutcome;

    /// <summary>The file cannot be used; nothing was written.</summary>
    public sealed record NotBegun(string Problem) : TaxRatesOutcome;
}

/// <summary>
/// Takes in a file of VAT rates by country. Published rates never change: a code whose stored rates contradict the file is
/// refused with field and reason, the other codes go on. The same file again adds nothing.
/// </summary>
public sealed class ImportTaxRates(NpgsqlDataSource database)
{
    private const long LargestFile = 16 * 1024 * 1024;

    /// <summary>Adds what is new in one transaction.</summary>
    public async Task<TaxRatesOutcome> Run(string path, CancellationToken cancel)
    {
        RatesByCountry declared;
        try
        {
            if (new FileInfo(path).Length > LargestFile)
                return new TaxRatesOutcome.NotBegun($"The file '{path}' is larger than 16 MB: that is no table of tax rates.");
            declared = RatesByCountryFile.Read(await File.ReadAllTextAsync(path, cancel));
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            return new TaxRatesOutcome.NotBegun($"The file '{path}' cannot be read: {trouble.Message}");
        }
        catch (JsonException wrong)
        {
            return new TaxRatesOutcome.NotBegun($"The file '{path}' is not a table of rates by country: {wrong.Message}");
        }
        return await Save(declared, cancel);
    }

    private async Task<TaxRatesOutcome> Save(RatesByCountry declared, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await IntakeLock.Take(connection, cancel);
        var stored = (await StoredTaxes.Rates(connection, cancel)).ToLookup(rate => rate.Code, StringComparer.Ordinal);
        List<RefusedTaxRate> refused = [.. declared.Refused];
        List<TaxRate> added = [], ended = [];
        var unchanged = 0;
        foreach (var code in declared.Rates.GroupBy(rate => rate.Code, StringComparer.Ordinal))
        {
            var difference = Difference([.. code], [.. stored[code.Key]]);
            if (difference.Clash is { } clash) refused.Add(clash);
            added.AddRange(difference.Added);
            ended.AddRange(difference.Ended);
            unchanged += difference.Unchanged;
        }
        var territories = await AddTerritories(connection, declared.Territories, refused, cancel);
        // Ends first: the database refuses two rates in force on one day, even for a moment.
        await connection.ExecuteAsync(new CommandDefinition(
            "update tax.rate set until_date = @Until where tenant = 1 and code = @Code and from_date = @From",
            ended.Select(rate => new { rate.Code, rate.From, rate.Until }), cancellationToken: cancel));
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into tax.rate (code, rate, from_date, until_date, category) values (@Code, @Rate, @From, @Until, @Letter)",
            added.Select(rate => new { rate.Code, rate.Rate, rate.From, rate.Until, Letter = rate.Category.Letter() }), cancellationToken: cancel));
        await transaction.CommitAsync(cancel);
        return new TaxRatesOutcome.Done(declared.Rates.Count, added.Count, ended.Count, unchanged, territories, refused);
    }

    private static (List<TaxRate> Added, List<TaxRate> Ended, int Unchanged, RefusedTaxRate? Clash) Difference(List<TaxRate> wanted, List<TaxRate> stored)
    {
        List<TaxRate> added = [], ended = [];
        var unchanged = 0;
        foreach (var rate in wanted)
        {
            if (stored.Contains(rate)) unchanged++;
            else if (rate.Until is not null && stored.Find(other => other.From == rate.From) is { Until: null } open && open.EndingAt(rate.Until) == rate)
                ended.Add(rate);
            else added.Add(rate);
        }
        var standing = stored.Where(rate => !ended.Exists(other => other.From == rate.From)).Concat(ended).ToList();
        foreach (var rate in added)
            if (standing.Find(other => BooksFile.Overlap(other, rate)) is { } clash) return ([], [], 0, Overlap(rate, clash));
        return (added, ended, unchanged, null);
    }

    private static RefusedTaxRate Overlap(TaxRate rate, TaxRate clash) => new(
        "tax-rate-overlap", rate.Code,
        FormattableString.Invariant($"The file gives {rate.Code} {rate.Rate * 100:0.####} % from {rate.From:yyyy-MM-dd}; on some of those days ")
            + FormattableString.Invariant($"{clash.Rate * 100:0.####} % is stored, in force from {clash.From:yyyy-MM-dd}")
            + (clash.Until is { } until ? FormattableString.Invariant($" until {until:yyyy-MM-dd}.") : "."),
        "Published rates never change. Correct the file, or end the stored rate by an 'until' in the books file before the new one begins.");

    private static async Task<int> AddTerritories(
        NpgsqlConnection connection, IReadOnlyList<TaxTerritory> territories, List<RefusedTaxRate> refused, CancellationToken cancel)
    {
        var stored = (await StoredTaxes.Territories(connection, cancel)).ToDictionary(territory => territory.Prefix, StringComparer.Ordinal);
        List<TaxTerritory> added = [];
        foreach (var territory in territories)
        {
            if (!stored.TryGetValue(territory.Prefix, out var same)) added.Add(territory);
            else if (same != territory)
                refused.Add(new RefusedTaxRate("bad-territory", territory.Prefix, $"{territory.Name} is stored with other postcodes: {same.Postcodes}.",
                    "Correct the file; a territory that was used keeps its postcodes."));
        }
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into tax.territory (country, word, name, postcodes) values (@Country, @Word, @Name, @Postcodes)", added, cancellationToken: cancel));
        return added.Count;
    }
}
