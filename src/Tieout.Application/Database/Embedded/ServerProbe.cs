using System.Net.Sockets;
using Npgsql;

namespace Tieout.Application.Database.Embedded;

/// <summary>What a server on a loopback port has to say to us.</summary>
internal enum ServerAnswer
{
    /// <summary>Nobody listens, or it does not know our password and so is not ours.</summary>
    None,

    /// <summary>It is starting, or recovering after a crash.</summary>
    StartingUp,

    Ready,
}

/// <summary>Asks a server on 127.0.0.1 whether it is ours and ready.</summary>
internal static class ServerProbe
{
    /// <summary>A connection string for the private server. Contains the password.</summary>
    public static NpgsqlConnectionStringBuilder Target(int port, string password, string database) => new()
    {
        Host = "127.0.0.1",
        Port = port,
        Username = PostgresCluster.Superuser,
        Password = password,
        Database = database,
        SslMode = SslMode.Disable,
        ApplicationName = "tieout",
        WriteBufferSize = Bulk.WriteBufferSize,
    };

    public static async Task<ServerAnswer> Ask(int port, string password, CancellationToken cancel)
    {
        var target = Target(port, password, "postgres");
        target.Pooling = false;
        target.Timeout = 5;
        try
        {
            await using var connection = new NpgsqlConnection(target.ConnectionString);
            await connection.OpenAsync(cancel);
            await using var question = new NpgsqlCommand("select 1", connection);
            await question.ExecuteScalarAsync(cancel);
            return ServerAnswer.Ready;
        }
        catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.CannotConnectNow)
        {
            return ServerAnswer.StartingUp;
        }
        catch (Exception nobody) when (nobody is NpgsqlException or SocketException or TimeoutException or IOException)
        {
            return ServerAnswer.None;
        }
    }
}
