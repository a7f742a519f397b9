using System.CommandLine;
using Tieout.Application.Settings;
using Tieout.Application.Tax;
using Tieout.Connectors.Port;

namespace Tieout.Cli.Terminal;

/// <summary>The tax engines of a file, for as long as a verb runs.</summary>
internal sealed class TaxEngineSet : IAsyncDisposable
{
    private TaxEngineSet(IReadOnlyList<TaxEngineRoute> routes) => Routes = routes;

    public IReadOnlyList<TaxEngineRoute> Routes { get; }

    /// <summary>The same for whoever bills.</summary>
    public TaxRoutes Taxes => new(Routes);

    /// <summary>Where the engines are told.</summary>
    public static Option<FileInfo> Option() => new("--tax-engines")
    {
        Description = "YAML file of tax engines; see docs/tax.md. Default: tax-engines.yaml.",
        DefaultValueFactory = _ => new FileInfo("tax-engines.yaml"),
        HelpName = "file",
    };

    /// <summary>Who taxes, for a verb that bills.</summary>
    public static Option<FileInfo?> Taxing() => new("--tax-engines")
    {
        Description = "YAML file of tax engines; see docs/tax.md. Default: tax-engines.yaml where there is one.",
        HelpName = "file",
    };

    /// <summary>The engines of the file named, of <c>tax-engines.yaml</c> beside us, or none.</summary>
    public static TaxEngineSet LoadIfAny(FileInfo? named)
    {
        var file = named ?? new FileInfo("tax-engines.yaml");
        return named is not null || file.Exists ? Load(file) : new([]);
    }

    /// <summary>Reads the file and makes the engines.</summary>
    /// <exception cref="UsageException">The file, or a setting in it, is wrong.</exception>
    public static TaxEngineSet Load(FileInfo file)
    {
        try
        {
            return new([.. TaxEngineFile.Read(file.FullName).Select(engine => new TaxEngineRoute(
                engine.Settings, TaxEngines.Create(engine.Settings, TimeProvider.System), engine.Policy, engine.LegalEntities, engine.From))]);
        }
        catch (Exception wrong) when (wrong is SettingsException or ArgumentException)
        {
            throw new UsageException(wrong.Message, wrong);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var route in Routes) await route.Engine.DisposeAsync();
    }
}
