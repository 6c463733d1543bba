using System.IO.Compression;

namespace Toolkit.Modeling.Data;

/// <summary>Opens data files, plain or compressed with gzip.</summary>
internal static class DataFile
{
    private const int FirstBuffer = 1 << 20;

    /// <summary>Opens a file for reading from its beginning; the name's ending ".gz" decides whether it is unpacked.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static Stream OpenRead(string path)
    {
        string full = Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            string reason = Directory.Exists(full)
                ? "it is a folder"
                : Directory.Exists(Path.GetDirectoryName(full)) ? "no such file in this folder" : "no such folder";
            throw new FileNotFoundException($"Cannot read '{full}': {reason}.", full);
        }

        Stream file = new FileStream(full, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        return IsGzip(full) ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    /// <summary>Reads <paramref name="count"/> bytes, or as many as there are. The memory grows with what is found, so a damaged
    /// header that promises gigabytes costs nothing.</summary>
    public static byte[] ReadUpTo(Stream stream, long count, string path)
    {
        byte[] buffer = new byte[(int)Math.Min(count, FirstBuffer)];
        int read = 0;
        try
        {
            while (read < count)
            {
                if (read == buffer.Length)
                    Array.Resize(ref buffer, (int)Math.Min(count, Math.Min(2L * buffer.Length, Array.MaxLength)));
                int found = stream.Read(buffer, read, buffer.Length - read);
                if (found == 0)
                    break;
                read += found;
            }
        }
        catch (InvalidDataException e)
        {
            throw new DataException($"'{path}' is damaged: {read} bytes could be unpacked before gzip failed.", e);
        }

        if (read < buffer.Length)
            Array.Resize(ref buffer, read);
        return buffer;
    }

    private static bool IsGzip(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
}
