using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Toolkit.Modeling.Tests.Imaging;

/// <summary>Writes PNG files of 8 bits, each row without a filter (W3C, Portable Network Graphics, third edition).</summary>
internal static class PngFile
{
    /// <summary>The bytes of a file.</summary>
    /// <param name="height">The rows.</param>
    /// <param name="width">The pixels of a row.</param>
    /// <param name="channels">1 for grey, 3 for red, green and blue, 4 with opacity behind them.</param>
    /// <param name="pixels">The channels of the first pixel, then those of its neighbour on the right.</param>
    public static byte[] Of(int height, int width, int channels, params byte[] pixels)
    {
        byte[] header = [0, 0, 0, 0, 0, 0, 0, 0, 8, (byte)(channels switch { 1 => 0, 3 => 2, _ => 6 }), 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        using var packed = new MemoryStream();
        using (var deflated = new ZLibStream(packed, CompressionLevel.Fastest))
        {
            foreach (byte[] row in pixels.Chunk(width * channels))
                deflated.Write([0, .. row]);
        }

        return [0x89, .. "PNG\r\n\x1A\n"u8, .. Chunk("IHDR", header), .. Chunk("IDAT", packed.ToArray()), .. Chunk("IEND", [])];
    }

    private static byte[] Chunk(string name, byte[] content)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(name), .. content], length = new byte[4], check = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(check, Crc(named));
        return [.. length, .. named, .. check];
    }

    private static uint Crc(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte each in bytes)
        {
            crc ^= each;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }

        return ~crc;
    }
}
