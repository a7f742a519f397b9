using System.Net;
using System.Net.Sockets;
using Tieout.Domain.Webhooks;

namespace Tieout.Connectors.Webhooks;

/// <summary>An address that webhooks do not go to.</summary>
internal sealed class AddressRefusedException : Exception
{
    public AddressRefusedException() { }

    public AddressRefusedException(string message) : base(message) { }

    public AddressRefusedException(string message, Exception inner) : base(message, inner) { }
}

/// <summary>Resolves, judges and connects in one step, so that what was judged is what is called.</summary>
internal sealed class GuardedConnect(Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    /// <summary>A connection to the request's host.</summary>
    /// <exception cref="AddressRefusedException">The host resolves to an address that is refused.</exception>
    public async ValueTask<Stream> Open(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var url = context.InitialRequestMessage.RequestUri!;
        var addresses = await resolve(context.DnsEndPoint.Host, cancel);
        if (addresses.Length == 0) throw new SocketException((int)SocketError.HostNotFound);
        foreach (var address in addresses)
        {
            // The address itself is not told: the answer is kept, and would map the network inside for whoever may write endpoints.
            if (!EndpointAddress.Allows(url, address))
                throw new AddressRefusedException($"{context.DnsEndPoint.Host} leads to an address that webhooks do not go to.");
        }
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
