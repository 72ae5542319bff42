using System.Net;
using System.Net.Sockets;

namespace InferenceApi.Endpoints.Requests;

/// <summary>
/// The caller for whom shares are counted: the remote address, or for IPv6 its /64 network, which belongs to one customer.
/// </summary>
internal static class Caller
{
    private const int NetworkBytes = 8;

    /// <summary>Requests without an address, over a Unix socket or in process, are one caller.</summary>
    public static IPAddress Of(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address ? Of(address) : IPAddress.None;

    /// <summary>The address under which shares are counted.</summary>
    public static IPAddress Of(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[NetworkBytes..].Clear();
        return new IPAddress(bytes);
    }
}
