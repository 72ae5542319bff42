using System.Buffers.Text;

namespace Benchmarks.Load.Http;

/// <summary>The head of a response, read in place.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="HeadLength">Bytes of the head, the empty line included.</param>
/// <param name="ContentLength">Bytes of the body; −1 where it comes in chunks.</param>
/// <param name="Batch">Of Server-Timing; 0 where absent.</param>
/// <param name="KeepAlive">False where the server closes.</param>
internal readonly record struct AnswerHead(int Status, int HeadLength, int ContentLength, int Batch, bool KeepAlive)
{
    private const int StatusOffset = 9;

    /// <summary>Reads the head, or returns false while it is incomplete.</summary>
    /// <exception cref="InvalidDataException">It is not HTTP/1.1.</exception>
    public static bool TryRead(ReadOnlySpan<byte> received, out AnswerHead head)
    {
        head = default;
        int end = received.IndexOf("\r\n\r\n"u8);
        if (end < 0) return false;
        if (!received.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(received[StatusOffset..], out int status, out _))
            throw new InvalidDataException("The server's answer is not HTTP/1.1.");

        int length = 0, batch = 0;
        bool keepAlive = true;
        ReadOnlySpan<byte> lines = received[..end];
        while (NextLine(ref lines, out ReadOnlySpan<byte> line))
        {
            if (Value(line, "content-length"u8, out ReadOnlySpan<byte> value)) length = Number(value);
            else if (Value(line, "transfer-encoding"u8, out value)) length = -1;
            else if (Value(line, "connection"u8, out value)) keepAlive = !System.Text.Ascii.EqualsIgnoreCase(value, "close"u8);
            else if (Value(line, "server-timing"u8, out value)) batch = BatchOf(value);
        }

        head = new AnswerHead(status, end + 4, length, batch, keepAlive);
        return true;
    }

    private static bool NextLine(ref ReadOnlySpan<byte> lines, out ReadOnlySpan<byte> line)
    {
        int end = lines.IndexOf("\r\n"u8);
        line = end < 0 ? lines : lines[..end];
        bool any = !lines.IsEmpty;
        lines = end < 0 ? default : lines[(end + 2)..];
        return any;
    }

    private static bool Value(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (line.Length <= name.Length || line[name.Length] != (byte)':') return false;
        if (!System.Text.Ascii.EqualsIgnoreCase(line[..name.Length], name)) return false;
        value = line[(name.Length + 1)..].Trim((byte)' ');
        return true;
    }

    private static int BatchOf(ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> mark = "batch;desc="u8;
        int at = value.IndexOf(mark);
        if (at < 0) return 0;
        return Number(value[(at + mark.Length)..].TrimStart((byte)'"'));
    }

    private static int Number(ReadOnlySpan<byte> digits) =>
        Utf8Parser.TryParse(digits, out int number, out _)
            ? number : throw new InvalidDataException("A header of the answer has no number.");
}
