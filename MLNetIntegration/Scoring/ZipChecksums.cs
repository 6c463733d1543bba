using System.IO.Compression;
using System.IO.Hashing;

namespace Toolkit.MLNetIntegration.Scoring;

/// <summary>Compares every entry of a saved pipeline with the checksum that the zip holds for it. ML.NET does not, and a damaged entry can keep its readers busy
/// without end.</summary>
internal static class ZipChecksums
{
    /// <exception cref="ScoringException">An entry is damaged, or holds a model of another length than it says.</exception>
    /// <exception cref="InvalidDataException">The file is no zip.</exception>
    public static void Require(Stream stream)
    {
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true))
        {
            foreach (ZipArchiveEntry entry in zip.Entries)
            {
                Require(entry);
                BatchUpgrade.RequireLength(entry);
            }
        }

        stream.Position = 0;
    }

    private static void Require(ZipArchiveEntry entry)
    {
        var checksum = new Crc32();
        var buffer = new byte[81_920];
        long length = 0;
        using Stream content = entry.Open();
        for (int read; length <= entry.Length && (read = content.Read(buffer)) > 0; length += read)
            checksum.Append(buffer.AsSpan(0, read));
        uint found = checksum.GetCurrentHashAsUInt32();
        if (length != entry.Length || found != entry.Crc32)
        {
            throw new ScoringException(
                $"Expected {entry.Length} bytes with the checksum {entry.Crc32:x8} as the entry \"{entry.FullName}\", found {length} with {found:x8}: the file is damaged.");
        }
    }
}
