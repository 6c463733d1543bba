using Toolkit.Modeling.Data;

namespace Toolkit.Modeling.Tests.Data;

/// <summary>Files as others have published them, where they are there.</summary>
public sealed class PublishedDataTests
{
    public static TheoryData<string> Sets
    {
        get
        {
            string[] all = ["mnist", "iris", "wine-quality"], there = [.. all.Where(SharedData.Has)];
            return there.Length > 0
                ? [.. there]
                : [new TheoryDataRow<string>("none") { Skip = $"The data set '{all[0]}' is not in the folder 'shared/data' beside the repository." }];
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Published_files_are_read(string set)
    {
        string File(string name) => Path.Combine(SharedData.Folder(set), name);
        switch (set)
        {
            case "mnist":
                Dataset test = Dataset.LoadIdx(File("t10k-images-idx3-ubyte.gz"), File("t10k-labels-idx1-ubyte.gz"), 10);
                Assert.Equal("10000 × [784] → label of 10 classes", test.ToString());
                Assert.Equal([7, 2, 1, 0, 4, 1, 4, 9, 5, 9], test.Labels.ToArray()[..10]);
                Assert.Equal([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009], test.Labels.ToArray().GroupBy(x => x).OrderBy(g => g.Key).Select(g => g.Count()));
                Assert.Equal(0.1325, test.Features.ToArray().Average(), 1e-4);
                break;
            case "iris":
                Dataset iris = Dataset.LoadCsv(File("iris.data"), new() { HasHeader = false, Label = ^1 });
                Assert.Equal("150 × [4] → label of 3 classes", iris.ToString());
                Assert.Equal(["Iris-setosa", "Iris-versicolor", "Iris-virginica"], iris.ClassNames);
                break;
            default:
                Dataset red = Dataset.LoadCsv(File("winequality-red.csv"), new() { Targets = ["quality"] });
                Assert.Equal("1599 × [11] → target [1]", red.ToString());
                Assert.Equal(5.636, red.Targets.ToArray().Average(), 1e-3);
                break;
        }
    }
}
