using Toolkit.Samples.Figures;

namespace Toolkit.BookResults.Tests;

/// <summary>The pictures of the documentation.</summary>
public sealed class FigureTests
{
    /// <summary>These follow from the code alone. "samples/Figures" draws them anew.</summary>
    [Fact]
    public void The_libraries_and_the_graph_are_drawn_as_they_are()
    {
        Assert.Equal(ProjectMap.Draw(Root), File.ReadAllText(Path.Combine(Root, "docs", "images", "architecture.svg")).ReplaceLineEndings("\n"));
        Assert.Equal(ExportedGraph.Draw(), File.ReadAllText(Path.Combine(Root, "docs", "images", "graph.svg")).ReplaceLineEndings("\n"));
    }

    /// <summary>What stands below the calibration plot: trained to the end, intervals are too narrow; stopped early, they hold.</summary>
    [Fact]
    public void A_network_that_was_stopped_early_knows_how_far_it_may_be_off()
    {
        var wave = new Wave();
        double[] whole = wave.Observed(isStopped: false, [0.5, 0.9]), stopped = wave.Observed(isStopped: true, [0.5, 0.9]);
        Assert.InRange(whole[0], 0.3, 0.45);
        Assert.InRange(whole[1], 0.7, 0.84);
        Assert.InRange(stopped[0], 0.45, 0.55);
        Assert.InRange(stopped[1], 0.86, 0.94);
    }

    private static string Root
    {
        get
        {
            DirectoryInfo folder = new(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Toolkit.sln")))
                folder = folder.Parent ?? throw new InvalidOperationException("The tests must run inside the repository: Toolkit.sln was not found.");
            return folder.FullName;
        }
    }
}
