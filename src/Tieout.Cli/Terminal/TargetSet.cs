using Tieout.Application.Posting;
using Tieout.Application.Settings;
using Tieout.Connectors.Port;

namespace Tieout.Cli.Terminal;

/// <summary>The targets of a file with their connectors, for as long as a verb runs.</summary>
internal sealed class TargetSet : IAsyncDisposable
{
    private TargetSet(IReadOnlyList<DeliveryTarget> targets) => Targets = targets;

    public IReadOnlyList<DeliveryTarget> Targets { get; }

    /// <summary>Reads the file and makes the connectors.</summary>
    /// <exception cref="UsageException">The file, or a setting in it, is wrong.</exception>
    public static TargetSet Load(FileInfo file)
    {
        if (!file.Exists)
            throw new UsageException($"There is no targets file '{file.FullName}'. Write one (docs/targets.md tells how) or name another with --targets.");
        try
        {
            return Of(TargetFile.Read(file.FullName, ErpConnectors.Systems));
        }
        catch (SettingsException wrong)
        {
            throw new UsageException(wrong.Message, wrong);
        }
        catch (ArgumentException wrong) // a connector knows more about its own options than the file's reader
        {
            throw new UsageException(wrong.Message, wrong);
        }
    }

    /// <summary>Connectors for targets that are configured already.</summary>
    public static TargetSet Of(TargetFile file) => new([.. file.Targets.Select(target => new DeliveryTarget(
        target.Settings, ErpConnectors.Create(target.Settings, TimeProvider.System), target.Policy, file.LegalEntitiesOf(target.Settings.Name))
        {
            Lane = target.Lane,
        })]);

    public async ValueTask DisposeAsync()
    {
        foreach (var target in Targets) await target.Connector.DisposeAsync();
    }
}
