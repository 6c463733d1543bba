namespace Toolkit.Modeling.Data;

/// <summary>Opens data files, plain or compressed with gzip.</summary>
internal static class DataFile
{
    private const int FirstBuffer = 1 << 20;

    /// <summary>Opens a file for reading from its beginning; it is unpacked if its name ends in ".gz".</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataException">The name ends in ".gz" but the file is not packed with gzip, or the other way round. Damage that is found later comes up
    /// in reading.</exception>
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

        var file = new FileStream(full, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        try
        {
            if (full.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
                return new GzipReadStream(file, path);
            return file.CanSeek && BeginsAsGzip(file)
                ? throw new DataException($"'{path}' is packed with gzip: expected a name that ends in \".gz\".")
                : file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads <paramref name="count"/> bytes, or as many as there are. The memory grows with what is found, so a damaged
    /// header that promises gigabytes costs nothing.</summary>
    public static byte[] ReadUpTo(Stream stream, long count)
    {
        byte[] buffer = new byte[(int)Math.Min(count, stream.CanSeek ? stream.Length - stream.Position : FirstBuffer)];
        int read = 0;
        while (read < count)
        {
            if (read == buffer.Length)
            {
                // A plain file has been read to its end.
                if (stream.CanSeek)
                    break;
                Array.Resize(ref buffer, (int)Math.Min(count, Math.Min(2L * buffer.Length, Array.MaxLength)));
            }

            int found = stream.Read(buffer, read, buffer.Length - read);
            if (found == 0)
                break;
            read += found;
        }

        if (read < buffer.Length)
            Array.Resize(ref buffer, read);
        return buffer;
    }

    private static bool BeginsAsGzip(FileStream file)
    {
        Span<byte> begin = stackalloc byte[GzipInput.Magic.Length];
        bool packed = file.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false) == begin.Length && begin.SequenceEqual(GzipInput.Magic);
        file.Position = 0;
        return packed;
    }
}
