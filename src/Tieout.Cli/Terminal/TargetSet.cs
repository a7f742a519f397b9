using Npgsql;
using Tieout.Application.Confirmations;
using Tieout.Application.Posting;
using Tieout.Application.Settings;
using Tieout.Connectors.Port;

namespace Tieout.Cli.Terminal;

/// <summary>The targets of a file with their connectors, for as long as a verb runs.</summary>
internal sealed class TargetSet : IAsyncDisposable
{
    private readonly ConfirmationInbox _inbox;

    private TargetSet(IReadOnlyList<DeliveryTarget> targets, ConfirmationInbox inbox) => (Targets, _inbox) = (targets, inbox);

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
    public static TargetSet Of(TargetFile file)
    {
        var inbox = new ConfirmationInbox();
        return new(
            [.. file.Targets.Select(target => new DeliveryTarget(
                target.Settings, ErpConnectors.Create(target.Settings, TimeProvider.System, inbox), target.Policy, file.LegalEntitiesOf(target.Settings.Name))
            {
                Lane = target.Lane,
            })],
            inbox);
    }

    /// <summary>What the ERPs told by themselves is in these books from now on. Before it, nothing may be sent.</summary>
    public void Hear(NpgsqlDataSource database) => _inbox.KeepIn(database);

    public async ValueTask DisposeAsync()
    {
        foreach (var target in Targets) await target.Connector.DisposeAsync();
    }
}
