using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace InferenceApi.Endpoints.Requests;

/// <summary>
/// The open connections, and how many requests each is in. The server closes idle ones when it stops, but waits the whole drain timeout
/// for a connection with half a header, because its own header timeout stops first.
/// </summary>
internal sealed class OpenConnections
{
    private static readonly object Key = new();

    private readonly ConcurrentDictionary<string, Open> _open = [];

    /// <summary>Goes into the server's connections, before anything is read.</summary>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var open = new Open(connection);
        connection.Items[Key] = open;
        _open[connection.ConnectionId] = open;
        try
        {
            await next(connection);
        }
        finally
        {
            _open.TryRemove(connection.ConnectionId, out _);
        }
    }

    private static async Task CountAsync(HttpContext context, RequestDelegate next)
    {
        object? item = null;
        context.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(Key, out item);
        var open = item as Open;
        open?.Add(1);
        try
        {
            await next(context);
        }
        finally
        {
            open?.Add(-1);
        }
    }

    /// <summary>Must be the outermost middleware.</summary>
    public static void Use(IApplicationBuilder app) => app.Use(next => context => CountAsync(context, next));

    /// <summary>
    /// Closes connections without a request. Call it after the server stopped accepting and had time to close idle ones itself.
    /// </summary>
    public void EndIdle()
    {
        foreach (Open open in _open.Values)
        {
            if (open.Requests == 0) open.Connection.Abort(new ConnectionAbortedException("The service ends."));
        }
    }

    private sealed class Open(ConnectionContext connection)
    {
        private int _requests;

        public ConnectionContext Connection { get; } = connection;

        public int Requests => Volatile.Read(ref _requests);

        public void Add(int requests) => Interlocked.Add(ref _requests, requests);
    }
}
