using System.Buffers.Text;

namespace Benchmarks.Load.Http;

/// <summary>Finds the end of a chunked body.</summary>
internal static class ChunkedBody
{
    /// <summary>Bytes up to and with the last chunk's end, or −1 while it has not come. Trailers are not expected.</summary>
    public static int Length(ReadOnlySpan<byte> body)
    {
        int at = 0;
        while (true)
        {
            int line = body[at..].IndexOf("\r\n"u8);
            if (line < 0) return -1;
            if (!Utf8Parser.TryParse(body.Slice(at, line), out int size, out _, 'x'))
                throw new InvalidDataException("A chunk of the server's answer has no size.");
            at += line + 2 + size + 2;
            if (at > body.Length) return -1;
            if (size == 0) return at;
        }
    }
}
