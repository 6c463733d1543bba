using System.Globalization;
using System.IO.Compression;

namespace Toolkit.MadeData;

/// <summary>Made data sets, always the same, in the files of published ones.</summary>
internal static class DataFiles
{
    private static readonly Lazy<string> Written = new(() => Write(Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "made-data")).FullName));

    /// <summary>The folder with a folder for each set.</summary>
    public static string Folder => Written.Value;

    public static string Into(string folder, string set, string file) => Path.Combine(Directory.CreateDirectory(Path.Combine(folder, set)).FullName, file);

    /// <summary>Numbers with four places.</summary>
    public static string Cells(char separator, IEnumerable<double> numbers) => string.Join(separator, numbers.Select(v => v.ToString("F4", CultureInfo.InvariantCulture)));

    /// <summary>A packed IDX file.</summary>
    public static void Idx(string path, byte type, int[] shape, byte[] elements)
    {
        using var packed = new GZipStream(File.Create(path), CompressionLevel.Fastest);
        packed.Write([0, 0, type, (byte)shape.Length, .. shape.SelectMany(size => BitConverter.GetBytes(size).Reverse())]);
        packed.Write(elements);
    }

    private static string Write(string folder)
    {
        Pictures.Write(folder);
        Classes.Write(folder);
        Numbers.Write(folder);
        return folder;
    }
}
