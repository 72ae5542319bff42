using System.Buffers.Binary;
using System.Text;

namespace Export.Tests.Writers;

/// <summary>Writes safetensors files in memory, right or wrong.</summary>
internal static class SafetensorsFile
{
    public static byte[] Write(string header, byte[] data, ulong? claimedLength = null)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, claimedLength ?? (ulong)json.Length);
        return [.. length, .. json, .. data];
    }

    public static string Entry(string name, string type, string shape, long begin, long end) =>
        $"\"{name}\":{{\"dtype\":\"{type}\",\"shape\":{shape},\"data_offsets\":[{begin},{end}]}}";
}
