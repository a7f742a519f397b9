using Tieout.Application.Database;
using Tieout.Application.Database.Embedded;

namespace Tieout.Cli.Internal;

/// <summary>
/// The hidden verb <c>internal hold-database</c>: keeps the private PostgreSQL up until standard input closes. Prints
/// <c>owner PORT</c> or <c>attached PORT</c> when it answers, and a line for each takeover or restart afterwards.
/// </summary>
internal static class HoldDatabase
{
    public static async Task<int> Run(CancellationToken cancel)
    {
        try
        {
            var options = EmbeddedPostgresOptions.FromEnvironment() with { Tell = Console.Error.WriteLine };
            await using var server = await EmbeddedPostgres.Start(options, cancel);
            Console.WriteLine($"{(server.IsOwner ? "owner" : "attached")} {server.Port}");
            while (await Console.In.ReadLineAsync(cancel) is not null)
            {
                // Whoever holds our input decides how long; what they write does not matter.
            }

            return 0;
        }
        catch (DatabaseTroubleException trouble)
        {
            await Console.Error.WriteLineAsync(trouble.Message);
            return 1;
        }
    }
}
