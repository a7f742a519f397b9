using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Tieout.Application.Database.Embedded;

/// <summary>Ports on 127.0.0.1.</summary>
internal static class LoopbackPort
{
    /// <summary>
    /// A free port below the range systems hand out for outgoing connections, so that a remembered port is not taken by
    /// a passing connection when the server wants it back.
    /// </summary>
    public static int Pick()
    {
        const int attempts = 200;
        for (var i = 0; i < attempts; i++)
        {
            var port = RandomNumberGenerator.GetInt32(20_000, 30_000);
            if (IsFree(port)) return port;
        }

        throw new DatabaseTroubleException("No free port between 20000 and 30000 on 127.0.0.1.");
    }

    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
