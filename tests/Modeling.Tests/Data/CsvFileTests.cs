using System.Globalization;
using System.IO.Compression;
using System.Text;
using CsCheck;
using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Tests.Data;

public sealed class CsvFileTests
{
    [Fact]
    public void Quotes_hold_separators_line_ends_and_quotes()
    {
        CsvRow[] rows = Rows("a,\"b,c\",\"d \"\"e\"\"\"\r\n\r\n\"two\nlines\", x ,\n,,\"\"\n", new());
        Assert.Equal(3, rows.Length);
        Assert.Equal(["a", "b,c", "d \"e\""], rows[0].Fields);
        Assert.Equal(["two\nlines", "x", ""], rows[1].Fields);
        Assert.Equal(["", "", ""], rows[2].Fields);
        Assert.Equal([1L, 3L, 5L], rows.Select(row => row.Line));
    }

    [Fact]
    public void White_space_is_kept_where_it_is_asked_for()
    {
        Assert.Equal([" a ", "b "], Rows(" a ,b ", new() { Trim = false })[0].Fields);
        Assert.Equal(["a", " b "], Rows("a , \" b \" ", new())[0].Fields);
        Assert.Equal(["", "x"], Rows("\tx", new() { Separator = '\t' })[0].Fields);
        Assert.Equal(["it's", "b;c"], Rows("it's;'b;c'", new() { Separator = ';', Quote = '\'' })[0].Fields);
    }

    [Fact]
    public void Written_fields_are_read_back() =>
        Gen.String[Gen.Char["ab\",; \n\t"], 0, 6].Array[1, 4].Array[1, 4].Sample(table =>
        {
            string text = string.Concat(table.Select(row => string.Join(',', row.Select(field => $"\"{field.Replace("\"", "\"\"")}\"")) + "\r\n"));
            Assert.Equal(table, Rows(text, new()).Select(row => row.Fields.ToArray()));
        });

    [Fact]
    public void A_broken_quote_is_named_with_its_line()
    {
        Assert.Contains("line 4, column 1: the file ends within the quote that opens in line 2, column 3", Fails("a,b\nc,\"d\ne\n"));
        Assert.Contains("line 1, column 5: expected ',' or the end of the line after a closing quote, found 'c'", Fails("\"ab\"c,d"));

        static string Fails(string text) => Assert.Throws<DataException>(() => Rows(text, new())).Message;
    }

    [Fact]
    public void Labels_get_numbers_in_a_stable_order()
    {
        using var folder = new TemporaryFolder();
        string words = folder.Write("words.csv", "x,y,kind\n1,2,pear\n3,4,apple\n5,6,pear\n");
        Dataset data = Dataset.LoadCsv(words, new() { Label = "kind" });
        Assert.Equal(["apple", "pear"], data.ClassNames);
        Assert.Equal([1, 0, 1], data.Labels.ToArray());
        Assert.Equal([1f, 2, 3, 4, 5, 6], data.Features.ToArray());
        string numbers = folder.Write("numbers.csv", "10,1\n9,2\n-1,3\n");
        data = Dataset.LoadCsv(numbers, new() { HasHeader = false, Label = 0 });
        Assert.Equal(["-1", "9", "10"], data.ClassNames);
        Assert.Equal([2, 1, 0], data.Labels.ToArray());
    }

    [Fact]
    public void A_test_set_takes_the_class_names_of_its_training_set()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a.csv", "1,b\n2,b\n");
        var options = new CsvOptions { HasHeader = false, Label = ^1, ClassNames = ["a", "b"] };
        Assert.Equal([1, 1], Dataset.LoadCsv(path, options).Labels.ToArray());
        string message = Assert.Throws<DataException>(() => Dataset.LoadCsv(path, options with { ClassNames = ["a", "c"] })).Message;
        Assert.Contains("line 1, column 1: the class 'b' is not among the class names 'a', 'c'", message);
        Assert.Throws<ArgumentException>(() => Dataset.LoadCsv(path, options with { ClassNames = ["b", "b"] }));
    }

    [Fact]
    public void Targets_and_ignored_columns_are_left_out_of_the_features()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a.csv.gz", TemporaryFolder.Gzip("id;a;b;y;z\n7;1.5;-2e-1;3;4\n8;0;1;5;6\n"u8.ToArray()));
        Dataset data = Dataset.LoadCsv(path, new() { Separator = ';', Targets = ["z", "y"], Ignore = [0] });
        Assert.Equal("2 × [2] → target [2]", data.ToString());
        Assert.Equal([1.5f, -0.2f, 0, 1], data.Features.ToArray());
        Assert.Equal([4f, 3, 6, 5], data.Targets.ToArray());
    }

    [Fact]
    public void A_column_of_weights_is_no_feature_and_makes_rows_count()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a.csv", "x,w,y\n1,2,a\n4,0.5,b\n8,0,a\n");
        Dataset data = Dataset.LoadCsv(path, new() { Label = "y", Weight = "w" });
        Assert.Equal([1f, 4, 8], data.Features.ToArray());
        Assert.Equal([2f, 0.5f, 0], data.Weights.ToArray());
        Assert.Equal([0L, 1, 0], data.Labels.ToArray());
        Assert.Equal(2, Dataset.LoadCsv(path, new() { Label = "y" }).Layout.FeatureLength);
        Assert.Equal([2f, 0.5f, 0], Dataset.LoadCsv(path, new() { Label = ^1, Weight = 1 }).Weights.ToArray());
    }

    /// <summary>A row of weight w is w rows, also for the mean that fills a gap; one of weight 0 says nothing.</summary>
    [Fact]
    public void A_gap_is_filled_with_the_weighted_mean()
    {
        using var folder = new TemporaryFolder();
        Dataset data = Dataset.LoadCsv(folder.Write("a.csv", "x,w,y\n1,3,a\n5,1,b\n99,0,a\n?,1,b\n"), new() { Label = "y", Weight = "w", Missing = MissingValues.Mean });
        Assert.Equal([1f, 5, 99, 2], data.Features.ToArray());
        Assert.Contains(
            "every value is missing or has the weight 0", Fails(folder.Write("b.csv", "x,w,y\n1,0,a\n?,1,b\n"), new() { Label = "y", Weight = "w", Missing = MissingValues.Mean }));
    }

    /// <summary>A test set gets the means of the training set, whatever stands in it; a row alone has no other.</summary>
    [Fact]
    public void A_gap_of_a_test_set_is_filled_with_the_mean_of_the_training_set()
    {
        using var folder = new TemporaryFolder();
        var options = new CsvOptions { Label = "y", Weight = "w", Missing = MissingValues.Mean };
        Dataset train = Dataset.LoadCsv(folder.Write("a.csv", "x,z,w,y\n1,2,3,a\n5,?,1,b\n?,6,1,b\n"), options);
        string path = folder.Write("b.csv", "x,z,w,y\n100,?,1,a\n?,200,1,b\n");
        Assert.Equal([100f, 3, 2, 200], Dataset.LoadCsv(path, options.WithMeans(train)).Features.ToArray());
        Assert.Equal([7f, 8], Dataset.LoadCsv(folder.Write("c.csv", "x,z,w,y\n?,?,1,a\n"), options with { Means = [7, 8], ClassNames = ["a", "b"] }).Features.ToArray());
        Assert.Equal("Expected in Means one for each of 2 columns, found 3. (Parameter 'given')", Assert.Throws<ArgumentException>(() => Dataset.LoadCsv(path, options with { Means = [1, 2, 3] })).Message);
    }

    [Theory]
    [InlineData("x,w,y\n1,-1,a\n", "line 2, column 'w': expected a weight of at least 0, found '-1'")]
    [InlineData("x,w,y\n1,2,a\n1,NaN,a\n", "line 3, column 'w': expected a finite number")]
    [InlineData("x,w,y\n1,heavy,a\n", "line 2, column 'w': expected a number, found 'heavy'")]
    [InlineData("x,w,y\n1,?,a\n", "line 2, column 'w': the value is missing")]
    [InlineData("x,v,y\n1,1,a\n", "has no column named 'w'")]
    public void What_is_no_weight_is_named(string text, string expected)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a.csv", text);
        Assert.Contains(expected, Fails(path, new() { Label = "y", Weight = "w" }));
    }

    [Fact]
    public void A_column_is_either_the_weight_or_what_is_predicted()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a.csv", "x,y\n1,2\n?,3\n4,?\n");
        Assert.Contains("both the weight and a label or target", Fails(path, new() { Targets = ["y"], Weight = "y" }));
        Dataset whole = Dataset.LoadCsv(folder.Write("b.csv", "x,w,y\n1,1,2\n3,?,4\n5,2,6\n"), new() { Targets = ["y"], Weight = "w", Missing = MissingValues.SkipRow });
        Assert.Equal([1f, 5], whole.Features.ToArray());
        Assert.Equal([1f, 2], whole.Weights.ToArray());
    }

    [Fact]
    public void Missing_values_follow_the_policy()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a.csv", "a,b,y\n1,?,1\n,3,2\n5,5,NA\n");
        var options = new CsvOptions { Targets = ["y"], Missing = MissingValues.SkipRow };
        Assert.Contains("line 2, column 'b': the value is missing ('?')", Fails(path, options with { Missing = MissingValues.Refuse }));
        Assert.Contains("line 4, column 'y': the value is missing ('NA')", Fails(path, options with { Missing = MissingValues.Zero }));
        Assert.Contains("no rows", Fails(path, options));

        path = folder.Write("b.csv", "a,b,y\n1,?,1\n,3,2\n5,5,3\n");
        Assert.Equal([5f, 5], Dataset.LoadCsv(path, options).Features.ToArray());
        Assert.Equal([1f, 0, 0, 3, 5, 5], Dataset.LoadCsv(path, options with { Missing = MissingValues.Zero }).Features.ToArray());
        Assert.Equal([1f, 4, 3, 3, 5, 5], Dataset.LoadCsv(path, options with { Missing = MissingValues.Mean }).Features.ToArray());
        path = folder.Write("c.csv", "a,b,y\n1,,1\n2,,2\n");
        Assert.Contains("column 'b': every value is missing", Fails(path, options with { Missing = MissingValues.Mean }));
    }

    [Fact]
    public void What_is_wrong_with_a_table_is_named()
    {
        using var folder = new TemporaryFolder();
        var label = new CsvOptions { Label = "y" };
        Assert.Contains("line 3, column 'b': expected a number, found 'two'", Fails(folder.Write("1", "a,b,y\n1,2,x\n1,two,x\n"), label));
        Assert.Contains("finite number within float32, found '1e39'", Fails(folder.Write("2", "a,y\n1e39,x\n"), label));
        Assert.Contains("column 'a': expected a finite number within float32, found 'NaN'", Fails(folder.Write("3", "a,y\nNaN,x\n"), label));
        Assert.Contains("line 2: expected 2 fields as in the first line, found 3", Fails(folder.Write("4", "a,y\n1,2,3\n"), label));
        Assert.Contains("is empty", Fails(folder.Write("5", ""), label));
        Assert.Contains("no rows to learn from after its header", Fails(folder.Write("6", "a,y\n"), label));
        Assert.Contains("no column named 'y'; its columns are: 'a', 'b'", Fails(folder.Write("7", "a,b\n1,2\n"), label));
        Assert.Contains("two columns named 'y'", Fails(folder.Write("8", "y,y\n1,2\n"), label));
        Assert.Contains("none of which is left as a feature", Fails(folder.Write("9", "y\n1\n"), label));
        Assert.Contains("CsvOptions.Ignore, or read it as a category with CsvOptions.Fields", Fails(folder.Write("1", "a,b,y\n1,2,x\n1,two,x\n"), label));
        Assert.Contains("looks as if the separator were ';'", Fails(folder.Write("9", "a;b;y\n1;2;x\n"), label));
        Assert.Contains("were separated by ','; the first line looks as if the separator were a tab", Fails(folder.Write("9", "a\ty\n1\tx\n"), new CsvOptions { Label = ^1 }));
        Assert.DoesNotContain("separator", Fails(folder.Write("9", "y\n1\n"), label));
        Assert.Contains("without a header", Fails(folder.Write("10", "1,2\n"), label with { HasHeader = false }));
        Assert.Contains("there is no column 2", Fails(folder.Write("11", "a,b\n1,2\n"), label with { Label = 2 }));
        Assert.Throws<FileNotFoundException>(() => Dataset.LoadCsv(folder.PathOf("12"), label));
        Assert.Throws<ArgumentException>(() => Dataset.LoadCsv(folder.PathOf("1"), new()));
        Assert.Throws<ArgumentException>(() => Dataset.LoadCsv(folder.PathOf("1"), label with { Targets = ["a"] }));
    }

    [Fact]
    public void Bytes_that_are_not_utf_8_are_named_with_their_place()
    {
        using var folder = new TemporaryFolder();
        var options = new CsvOptions { Label = "y" };
        byte[] latin = [.. "x,y\n1,é"u8, .. "\n2,"u8, 0xE9, .. "\n"u8];
        Assert.Contains("line 3, column 3: expected UTF-8, found the byte E9", Fails(folder.Write("latin", latin), options));
        Assert.Contains("line 2, column 3: expected UTF-8, found the byte E2", Fails(folder.Write("cut", [.. "x,y\n1,"u8, 0xE2, 0x82]), options));
        Assert.Contains("text in UTF-16", Fails(folder.Write("wide", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("x,y\n1,a\n")]), options));
        Assert.Contains("line 1, column 2: found the character NUL", Fails(folder.Write("bare", Encoding.Unicode.GetBytes("x,y\n1,a\n")), options));
        Assert.Contains("line 2, column 2: found the character NUL", Fails(folder.Write("nul", "x,y\n1\0,a\n"), options));
        Dataset marked = Dataset.LoadCsv(folder.Write("mark", [0xEF, 0xBB, 0xBF, .. "y,x\né,1\nè,2\n"u8]), options);
        Assert.Equal(["è", "é"], marked.ClassNames);
    }

    [Fact]
    public void A_bad_byte_is_found_wherever_it_falls_in_the_buffers()
    {
        for (int padding = 32_760; padding < 32_775; padding++)
        {
            byte[] good = [.. "x\n"u8, .. Enumerable.Repeat((byte)'a', padding), .. "é€😀"u8];
            CsvRow last = CsvFile.Read(new MemoryStream(good), new(), "text").Last();
            Assert.Equal(new string('a', padding) + "é€😀", last.Fields[0]);
            string message = Assert.Throws<DataException>(() => CsvFile.Read(new MemoryStream([.. good, 0x80, .. "b\n"u8]), new(), "text").Last()).Message;
            Assert.Contains($"line 2, column {padding + 4}: expected UTF-8, found the byte 80", message);
        }
    }

    [Theory]
    [InlineData("x,y\n1,a\r2,b\n", "line 2, column 5: expected LF after the CR")]
    [InlineData("x,y\r1,a\r2,b\r", "line 1, column 5: expected LF after the CR")]
    [InlineData("x,y\n1,a\r", "line 2, column 5: expected LF after the CR")]
    public void A_carriage_return_alone_is_refused(string text, string expected)
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(expected, Fails(folder.Write("a", text), new CsvOptions { Label = "y" }));
    }

    [Fact]
    public void Line_ends_in_quotes_become_line_feeds_and_a_carriage_return_alone_stays() =>
        Assert.Equal(["a\nb\nc\rd", "e"], Rows("\"a\r\nb\nc\rd\",e\r\n", new())[0].Fields);

    [Fact]
    public void A_row_of_empty_fields_is_a_row_whatever_separates_them()
    {
        using var folder = new TemporaryFolder();
        foreach (char separator in (char[])[',', '\t', ';', ' '])
        {
            string path = folder.Write("a", string.Create(CultureInfo.InvariantCulture, $"x{separator}z{separator}y\n1{separator}2{separator}a\n{separator}{separator}\n\n3{separator}4{separator}b\n"));
            var options = new CsvOptions { Label = "y", Separator = separator };
            Assert.Contains("line 3, column 'x': the value is missing", Fails(path, options));
            Assert.Equal([1f, 2, 3, 4], Dataset.LoadCsv(path, options with { Missing = MissingValues.SkipRow }).Features.ToArray());
        }
    }

    [Theory]
    [InlineData("1e400")]
    [InlineData("3.5e38")]
    [InlineData("NaN")]
    [InlineData("-Infinity")]
    [InlineData("∞")]
    [InlineData("\"1,5\"")]
    [InlineData("\"1,000\"")]
    [InlineData("1.000.000")]
    [InlineData("1 000")]
    [InlineData("1_000")]
    [InlineData("0x10")]
    [InlineData("1f")]
    [InlineData("1e")]
    [InlineData("--1")]
    [InlineData("(1)")]
    [InlineData("$1")]
    [InlineData("1%")]
    [InlineData("١")]
    [InlineData("True")]
    public void What_is_no_number_in_the_invariant_culture_is_refused(string text)
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("line 3, column 'x': expected a", Fails(folder.Write("a", $"x,y\n1,a\n{text},b\n"), new CsvOptions { Label = "y" }));
    }

    [Theory]
    [InlineData(".", ",", "-", "+")]
    [InlineData(",", ".", "-", "+")]
    [InlineData(",", "\u00A0", "\u2212", "+")]
    [InlineData("٫", "٬", "\u200E-", "\u200E+")]
    [InlineData(".", "’", "~", "-")]
    [InlineData("5", "1", "-", "+")]
    public void Tables_mean_the_same_in_every_culture(string point, string group, string minus, string plus)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a", "I,y\n-1.5,10\n+2.5E-1 ,-9\n .5,I\n");
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            culture.NumberFormat = new NumberFormatInfo
            {
                NumberDecimalSeparator = point,
                NumberGroupSeparator = group,
                NegativeSign = minus,
                PositiveSign = plus,
            };
            CultureInfo.CurrentCulture = culture;
            Dataset data = Dataset.LoadCsv(path, new() { Label = "y" });
            Assert.Equal([-1.5f, 0.25f, 0.5f], data.Features.ToArray());
            Assert.Equal(["-9", "10", "I"], data.ClassNames);
            Assert.Equal([-1f], Dataset.LoadCsv(folder.Write("b", "x;y\n-1;2\n"), new() { Targets = ["y"], Separator = ';' }).Features.ToArray());
            Assert.Contains("'1,5'", Fails(folder.Write("c", "x;y\n1,5;2\n"), new() { Targets = ["y"], Separator = ';' }));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void One_endless_line_takes_memory_in_proportion_or_is_refused()
    {
        using var folder = new TemporaryFolder();
        string digits = folder.Write("digits", $"x,y\n{new string('1', 3_000_000)},a\n");
        string fields = folder.Write("fields", string.Concat(Enumerable.Repeat("1,", 1_500_000)));
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            for (int i = 0; i < 40; i++)
                gzip.Write(Encoding.ASCII.GetBytes(new string('1', 1 << 20)));
        }

        string bomb = folder.Write("bomb.gz", packed.ToArray());
        foreach ((string path, string expected) in ((string, string)[])[
            (digits, "found '111111111111111111111111111111111111111111111111111111111111…' (3000000 characters)"),
            (fields, "line 1, column 2097153: expected at most 1048576 fields"),
            (bomb, "line 1, column 16777218: expected at most 16777216 characters")])
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            string message = Fails(path, new CsvOptions { Label = ^1 });
            Assert.Contains(expected, message);
            Assert.InRange(message.Length, 0, 500);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100L << 20);
        }
    }

    [Fact]
    public void Headers_that_are_empty_or_twice_can_be_features_but_not_names()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a", ",a,a,y\n1,2,3,b\n");
        Assert.Equal([1f, 2, 3], Dataset.LoadCsv(path, new() { Label = "y" }).Features.ToArray());
        Assert.Contains("two columns named 'a'", Fails(path, new() { Label = "y", Ignore = ["a"] }));
        Assert.Equal([2f, 3], Dataset.LoadCsv(path, new() { Label = "y", Ignore = [0] }).Features.ToArray());
    }

    [Fact]
    public void Separators_and_quotes_that_cannot_be_told_apart_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Rows("a", new() { Separator = '"' }));
        Assert.Throws<ArgumentException>(() => Rows("a", new() { Separator = '\n' }));
        Assert.Throws<ArgumentException>(() => Rows("a", new() { Quote = '\r' }));
    }

    /// <summary>In the form of the iris data (no header, a text at the end, an empty last line) and of the wine data (a header, a semicolon, a whole number at the end).</summary>
    [Fact]
    public void Tables_come_back_as_they_were_written()
    {
        using var folder = new TemporaryFolder();
        var random = new RandomSource(5);
        float[][] rows = [.. Enumerable.Range(0, 600).Select(_ => Enumerable.Range(0, 4).Select(_ => MathF.Round((float)random.NextUniform(-9, 9), 3)).ToArray())];
        string[] names = ["setosa", "versicolor", "virginica"];
        string Cells(float[] row, char separator) => string.Join(separator, row.Select(v => v.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Dataset classes = Dataset.LoadCsv(
            folder.Write("classes.data", string.Concat(rows.Select((row, i) => $"{Cells(row, ',')},{names[i % 3]}\n")) + "\n"), new() { HasHeader = false, Label = ^1 });
        Assert.Equal("600 × [4] → label of 3 classes", classes.ToString());
        Assert.Equal(names, classes.ClassNames);
        Assert.Equal(rows.SelectMany(row => row), classes.Features.ToArray());
        Assert.Equal(rows.Select((_, i) => (long)(i % 3)), classes.Labels.ToArray());
        Dataset grades = Dataset.LoadCsv(
            folder.Write("grades.csv", "a;b;c;d;grade\n" + string.Concat(rows.Select((row, i) => $"{Cells(row, ';')};{i % 7}\n"))),
            new() { Separator = ';', Targets = ["grade"] });
        Assert.Equal("600 × [4] → target [1]", grades.ToString());
        Assert.Equal(rows.SelectMany(row => row), grades.Features.ToArray());
        Assert.Equal(rows.Select((_, i) => (float)(i % 7)), grades.Targets.ToArray());
    }

    private static string Fails(string path, CsvOptions options) =>
        Assert.Throws<DataException>(() => Dataset.LoadCsv(path, options)).Message;

    private static CsvRow[] Rows(string text, CsvOptions options) => [.. CsvFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), options, "text")];
}
