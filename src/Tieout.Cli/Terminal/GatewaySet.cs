using Tieout.Application.Database;
using Tieout.Application.Gateways;
using Tieout.Application.Settings;

namespace Tieout.Cli.Terminal;

/// <summary>The payment gateways of a file.</summary>
internal static class GatewaySet
{
    /// <summary>Reads the file and makes its gateways known to the books.</summary>
    /// <exception cref="UsageException">The file, or a setting in it, is wrong.</exception>
    public static async Task<IReadOnlyList<GatewaySettings>> Load(FileInfo file, TieoutDatabase database, CancellationToken cancel)
    {
        try
        {
            var gateways = GatewayFile.Read(file.FullName);
            await new RegisterGateways(database.Source, TimeProvider.System).Run(gateways, cancel);
            return gateways;
        }
        catch (SettingsException wrong)
        {
            throw new UsageException(wrong.Message, wrong);
        }
    }
}
