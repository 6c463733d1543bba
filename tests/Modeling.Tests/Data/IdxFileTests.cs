using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Tests.Data;

public sealed class IdxFileTests
{
    [Theory]
    [InlineData(IdxElementType.UInt8, "00ff07", new float[] { 0, 255, 7 })]
    [InlineData(IdxElementType.Int8, "00ff80", new float[] { 0, -1, -128 })]
    [InlineData(IdxElementType.Int16, "0001fffe8000", new float[] { 1, -2, -32768 })]
    [InlineData(IdxElementType.Int32, "00000100ffffffff7fffffff", new float[] { 256, -1, 2147483647 })]
    [InlineData(IdxElementType.Float32, "3f80000000000000c0490fdb", new float[] { 1, 0, -3.14159274f })]
    [InlineData(IdxElementType.Float64, "3ff00000000000000000000000000000bff8000000000000", new float[] { 1, 0, -1.5f })]
    public void Every_element_type_is_read_plain_and_packed(IdxElementType type, string elements, float[] expected)
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = File(type, [3, 1], Convert.FromHexString(elements));
        foreach (string path in (string[])[folder.Write("a", bytes), folder.Write("a.gz", TemporaryFolder.Gzip(bytes))])
        {
            IdxFile file = IdxFile.Read(path);
            Assert.Equal(type, file.ElementType);
            Assert.Equal([3, 1], file.Shape);
            Assert.Equal(expected, file.ToSingle());
            if (type is IdxElementType.Float32 or IdxElementType.Float64)
                Assert.Throws<InvalidOperationException>(file.ToInt64);
            else
                Assert.Equal(expected.Select(x => (long)(double)x), file.ToInt64().Select(x => (long)(float)x));
        }
    }

    [Fact]
    public void A_number_beyond_float32_is_named()
    {
        using var folder = new TemporaryFolder();
        IdxFile file = IdxFile.Read(folder.Write("a", File(IdxElementType.Float64, [2], Convert.FromHexString("3ff0000000000000fe37e43c8800759c"))));
        Assert.Contains("found -1E+300 as element 1", Assert.Throws<DataException>(file.ToSingle).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_large_file_is_read_whole()
    {
        using var folder = new TemporaryFolder();
        byte[] elements = new byte[3_000_001];
        elements[^1] = 9;
        IdxFile file = IdxFile.Read(folder.Write("a.gz", TemporaryFolder.Gzip(File(IdxElementType.UInt8, [elements.Length], elements))));
        Assert.Equal(9, file.Bytes.Span[^1]);
        Assert.Equal(elements.Length, file.Bytes.Length);
    }

    [Fact]
    public void Damage_is_named()
    {
        using var folder = new TemporaryFolder();
        byte[] good = File(IdxElementType.Int16, [2, 3], new byte[12]);
        Assert.Contains("not an IDX file", Fails(folder, "PK\x03\x04hello"u8.ToArray()));
        Assert.Contains("504B0304", Fails(folder, "PK\x03\x04hello"u8.ToArray()));
        Assert.Contains("expected a header of at least 4 bytes, found 2", Fails(folder, good[..2]));
        Assert.Contains("expected 8 bytes for the sizes of 2 axes, found 5", Fails(folder, good[..9]));
        Assert.Contains("expected 12 bytes for the shape [2, 3] of Int16, found 11", Fails(folder, good[..^1]));
        Assert.Contains("longer than the 12 bytes", Fails(folder, [.. good, 0]));
        Assert.Contains("size of -1 for axis 0", Fails(folder, File(IdxElementType.UInt8, [-1], [])));
        Assert.Contains("more than", Fails(folder, File(IdxElementType.Float64, [1 << 30, 1 << 30, 1 << 30], [])));
        // The header promises 2 GB: refused after reading what there is, not after allocating it.
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("found 5", Fails(folder, File(IdxElementType.UInt8, [2_000_000_000], new byte[5])));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_000_000);
    }

    [Fact]
    public void A_damaged_gzip_file_is_named()
    {
        using var folder = new TemporaryFolder();
        byte[] noise = new byte[5000];
        var random = new RandomSource(1);
        foreach (ref byte b in noise.AsSpan())
            b = (byte)random.NextUInt32();
        byte[] packed = TemporaryFolder.Gzip(File(IdxElementType.UInt8, [5000], noise));
        string cut = folder.Write("cut.gz", packed[..2000]);
        Assert.Contains("cut.gz", Assert.Throws<DataException>(() => IdxFile.Read(cut)).Message);
        string text = folder.Write("text.gz", "not packed at all");
        Assert.Contains("text.gz", Assert.Throws<DataException>(() => IdxFile.Read(text)).Message);
    }

    [Fact]
    public void A_missing_file_is_named_with_the_reason()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("no such file", Assert.Throws<FileNotFoundException>(() => IdxFile.Read(folder.PathOf("x"))).Message);
        Assert.Contains("no such folder", Assert.Throws<FileNotFoundException>(() => IdxFile.Read(folder.PathOf("y/x"))).Message);
        Assert.Contains("it is a folder", Assert.Throws<FileNotFoundException>(() => IdxFile.Read(folder.Path)).Message);
    }

    [Fact]
    public void The_four_files_of_mnist_are_found_plain_or_packed()
    {
        using var folder = new TemporaryFolder();
        WriteAll(folder, 3, 2);
        (Dataset train, Dataset test) = Dataset.LoadIdx(folder.Path);
        Assert.Equal((3, 2), (train.Count, test.Count));
        Assert.Equal([4], train.Layout.FeatureShape);
        Assert.Equal([0f, 1f / 255f, 2f / 255f, 3f / 255f], train.Features.ToArray()[..4]);
        Assert.Equal(1f, test.Features.Span[^1]);
        Assert.Equal([0, 1, 2], train.Labels.ToArray());
        Assert.Equal(10, train.Layout.ClassCount);
    }

    [Fact]
    public void Files_with_a_dot_before_their_kind_are_found()
    {
        using var folder = new TemporaryFolder();
        WriteAll(folder, 3, 2);
        float[] expected = Dataset.LoadIdx(folder.Path).Train.Features.ToArray();
        foreach (string file in Directory.GetFiles(folder.Path))
            System.IO.File.Move(file, file.Replace("-idx", ".idx", StringComparison.Ordinal));
        Assert.Equal(expected, Dataset.LoadIdx(folder.Path).Train.Features.ToArray());
    }

    [Fact]
    public void Validation_rows_are_set_aside_from_the_training_rows_alone()
    {
        using var folder = new TemporaryFolder();
        WriteAll(folder, 40, 2);
        (Dataset train, Dataset validation, Dataset test) = Dataset.LoadIdx(folder.Path, validation: 0.1);
        Assert.Equal((36, 4, 2), (train.Count, validation.Count, test.Count));
        // Every picture begins with a pixel of its own.
        Assert.Equal(
            Enumerable.Range(0, 40).Select(row => 4 * row / 255f),
            train.Features.ToArray().Concat(validation.Features.ToArray()).Where((_, i) => i % 4 == 0).Order());
        Assert.Equal(Dataset.LoadIdx(folder.Path).Test.Features.ToArray(), test.Features.ToArray());
        Assert.Equal(validation.Features.ToArray(), Dataset.LoadIdx(folder.Path, validation: 0.1).Validation.Features.ToArray());
        Assert.NotEqual(validation.Features.ToArray(), Dataset.LoadIdx(folder.Path, validation: 0.1, seed: 1).Validation.Features.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => Dataset.LoadIdx(folder.Path, validation: 1.0));
    }

    [Fact]
    public void What_is_wrong_with_a_folder_of_mnist_files_is_named()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<DirectoryNotFoundException>(() => Dataset.LoadIdx(folder.PathOf("nowhere")));
        WriteAll(folder, 3, 2);
        System.IO.File.Delete(folder.PathOf("t10k-labels-idx1-ubyte"));
        string missing = Assert.Throws<FileNotFoundException>(() => Dataset.LoadIdx(folder.Path)).Message;
        Assert.Contains(folder.Path, missing);
        Assert.Contains("neither 't10k-labels-idx1-ubyte' nor 't10k-labels-idx1-ubyte.gz'", missing);

        folder.Write("t10k-labels-idx1-ubyte", File(IdxElementType.UInt8, [1], [0]));
        Assert.Contains("2 images", Assert.Throws<DataException>(() => Dataset.LoadIdx(folder.Path)).Message);
        Assert.Contains("1 labels", Assert.Throws<DataException>(() => Dataset.LoadIdx(folder.Path)).Message);

        folder.Write("t10k-labels-idx1-ubyte", File(IdxElementType.UInt8, [2], [0, 10]));
        string label = Assert.Throws<DataException>(() => Dataset.LoadIdx(folder.Path)).Message;
        Assert.Contains("t10k-labels-idx1-ubyte", label);
        Assert.Contains("Row 1 (counted from 0) has the label 10; expected 0 to 9", label);

        folder.Write("t10k-labels-idx1-ubyte", File(IdxElementType.UInt8, [2, 1], [0, 1]));
        Assert.Contains("expected labels", Assert.Throws<DataException>(() => Dataset.LoadIdx(folder.Path)).Message);

        string images = folder.Write("empty-images", File(IdxElementType.UInt8, [0, 28, 28], []));
        string labels = folder.Write("empty-labels", File(IdxElementType.UInt8, [0], []));
        Assert.Contains("empty", Assert.Throws<DataException>(() => Dataset.LoadIdx(images, labels, 10)).Message);
    }

    /// <summary>The form and, at 28 by 28, the size of the pictures of MNIST.</summary>
    [Fact]
    public void Pictures_come_back_as_they_were_written()
    {
        using var folder = new TemporaryFolder();
        Dataset drawn = GeneratedDigits.Create(500, seed: 3);
        byte[] pixels = [.. drawn.Features.ToArray().Select(v => (byte)Math.Round(255 * v))];
        string images = folder.Write("images.gz", TemporaryFolder.Gzip(File(IdxElementType.UInt8, [500, 28, 28], pixels)));
        string labels = folder.Write("labels.gz", TemporaryFolder.Gzip(File(IdxElementType.UInt8, [500], [.. drawn.Labels.ToArray().Select(l => (byte)l)])));
        Dataset read = Dataset.LoadIdx(images, labels, 10);
        Assert.Equal("500 × [784] → label of 10 classes", read.ToString());
        Assert.Equal(drawn.Labels.ToArray(), read.Labels.ToArray());
        Assert.Equal(pixels.Select(p => p / 255f), read.Features.ToArray());
        Assert.True(pixels.Distinct().Count() > 100, "The pictures have too few shades to tell one pixel from another.");
    }

    private static void WriteAll(TemporaryFolder folder, int train, int test)
    {
        byte[] trainPixels = [.. Enumerable.Range(0, 4 * train).Select(i => (byte)i)];
        byte[] testPixels = [.. Enumerable.Repeat((byte)255, 4 * test)];
        folder.Write("train-images-idx3-ubyte", File(IdxElementType.UInt8, [train, 2, 2], trainPixels));
        folder.Write("train-labels-idx1-ubyte.gz", TemporaryFolder.Gzip(Labels(train)));
        folder.Write("t10k-images-idx3-ubyte.gz", TemporaryFolder.Gzip(File(IdxElementType.UInt8, [test, 2, 2], testPixels)));
        folder.Write("t10k-labels-idx1-ubyte", Labels(test));
    }

    private static byte[] Labels(int count) => File(IdxElementType.UInt8, [count], [.. Enumerable.Range(0, count).Select(i => (byte)(i % 10))]);

    private static byte[] File(IdxElementType type, int[] shape, byte[] elements)
    {
        byte[] header = [0, 0, (byte)type, (byte)shape.Length, .. shape.SelectMany(size => BitConverter.GetBytes(size).Reverse())];
        return [.. header, .. elements];
    }

    private static string Fails(TemporaryFolder folder, byte[] bytes)
    {
        string path = folder.Write("bad", bytes);
        string message = Assert.Throws<DataException>(() => IdxFile.Read(path)).Message;
        Assert.Contains(path, message);
        return message;
    }
}
