using Microsoft.Win32.SafeHandles;

namespace Export.Checkpoints;

/// <summary>Reads at an offset that do not stop at a short read.</summary>
internal static class FileReads
{
    /// <summary>Fills the buffer from the offset; returns fewer bytes only at the end of the file.</summary>
    public static int Fill(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        int total = 0;
        while (total < buffer.Length)
        {
            int read = RandomAccess.Read(file, buffer[total..], offset + total);
            if (read == 0) break;
            total += read;
        }

        return total;
    }
}
