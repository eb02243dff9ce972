# SPDX-License-Identifier: Apache-2.0
# Made by "nullcurve-bench --help-completion bash"; change the tables that it reads
# instead.
# shellcheck shell=bash disable=SC2207

# Those of the lines $2 that begin with $1, each as one word.
_nullcurve_bench_offer ()
{
  local line IFS=$'\n'
  for line in $2; do
    if [[ $line == "$1"* || $(printf %q "$line") == "$1"* ]]; then
      COMPREPLY+=("$(printf %q "$line")")
    fi
  done
}

_nullcurve_bench ()
{
  local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]} IFS=$'\n'
  COMPREPLY=()
  # --name=value comes as three words.
  if [[ $word == = ]]; then
    word=
  elif [[ $option == = && $COMP_CWORD -ge 2 ]]; then
    option=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  case ${option//_/-} in
    --dtype)
      _nullcurve_bench_offer "$word" $'float32\nbfloat16'
      return
      ;;
    --bench-pass)
      _nullcurve_bench_offer "$word" $'forward\nforward_backward'
      return
      ;;
    --backend)
      _nullcurve_bench_offer "$word" $'gmm\nragged_dot'
      return
      ;;
    --impl)
      _nullcurve_bench_offer "$word" $'baseline\nfused_w13\npreweight\nfused_w13_preweight\nscatter\nfast\nboth'
      return
      ;;
    --queue-mode)
      _nullcurve_bench_offer "$word" $'full\nprequeue\nboth'
      return
      ;;
    --routing-pack-strategy)
      _nullcurve_bench_offer "$word" $'argsort\ntuple_sort\nexpert_score_sort'
      return
      ;;
    --dispatch-permute-mode)
      _nullcurve_bench_offer "$word" $'direct_take\nrepeat_sort'
      return
      ;;
    --remat-mode)
      _nullcurve_bench_offer "$word" $'none\nexpert_mlp\ncombine'
      return
      ;;
    --capacity-policy)
      _nullcurve_bench_offer "$word" $'none\ndrop\npad'
      return
      ;;
    --distribution)
      _nullcurve_bench_offer "$word" $'random\nruns\nbalanced\nzipf\nhot\nloads\ntrace\nboth'
      return
      ;;
    --k-rule)
      _nullcurve_bench_offer "$word" $'fixed\ntop_p\nmin_p\nentropy\nexpert_choice\ntoken_rounding'
      return
      ;;
    --null-granularity)
      _nullcurve_bench_offer "$word" $'slot\ntoken'
      return
      ;;
    --null-tokens)
      _nullcurve_bench_offer "$word" $'random\ntail'
      return
      ;;
    --null-routing-mode)
      _nullcurve_bench_offer "$word" $'independent\ntake_until_null\nrouter'
      return
      ;;
    --null-dispatch)
      _nullcurve_bench_offer "$word" $'compact\ncarry\nremap\nzero_expert'
      return
      ;;
    --null-kind)
      _nullcurve_bench_offer "$word" $'zero\ncopy\nconstant'
      return
      ;;
    --parallel-mode)
      _nullcurve_bench_offer "$word" $'none\nep'
      return
      ;;
    --ep-comm-path)
      _nullcurve_bench_offer "$word" $'compact_psum\nring_ag_rs'
      return
      ;;
    --accelerator)
      _nullcurve_bench_offer "$word" $'auto\nopenblas\nonednn\nnative\ncuda'
      return
      ;;
    --preset)
      _nullcurve_bench_offer "$word" $'Quick\nLogbook S\nLogbook M\nLogbook L\nMixtral 8x7B\nLlama 4 Scout\ngpt-oss-20b\nQwen1.5-MoE-A2.7B\nLing-lite\nOLMoE-1B-7B\nQwen3-30B-A3B\nQwen3-30B-A3B with 64 zero experts\nQwen3-235B-A22B\nDeepSeek-V3\nLongCat-Flash\ngpt-oss-20b decode 16 a\ngpt-oss-20b decode 16 b\ngpt-oss-20b decode 16 c\ngpt-oss-20b decode 32 a\ngpt-oss-20b decode 32 b\ngpt-oss-20b decode 32 c\ngpt-oss-20b decode 8 a\ngpt-oss-20b decode 8 b\ngpt-oss-20b decode 8 c\ngpt-oss-20b prompt 1921 a\ngpt-oss-20b prompt 1921 b\ngpt-oss-20b prompt 1921 c\ngpt-oss-20b prompt 3969 a\ngpt-oss-20b prompt 3969 b\ngpt-oss-20b prompt 897 a\ngpt-oss-20b prompt 897 b\ngpt-oss-20b prompt 897 c\nMixtral 8x7B decode 16 a\nMixtral 8x7B decode 16 b\nMixtral 8x7B decode 16 c\nMixtral 8x7B decode 32 a\nMixtral 8x7B decode 32 b\nMixtral 8x7B decode 32 c\nMixtral 8x7B decode 8 a\nMixtral 8x7B decode 8 b\nMixtral 8x7B decode 8 c\nMixtral 8x7B prompt 1921 a\nMixtral 8x7B prompt 1921 b\nMixtral 8x7B prompt 1921 c\nMixtral 8x7B prompt 3969 a\nMixtral 8x7B prompt 3969 b\nMixtral 8x7B prompt 3969 c\nMixtral 8x7B prompt 897 a\nMixtral 8x7B prompt 897 b\nMixtral 8x7B prompt 897 c\nQwen3-30B-A3B decode 16 a\nQwen3-30B-A3B decode 16 b\nQwen3-30B-A3B decode 16 c\nQwen3-30B-A3B decode 32 a\nQwen3-30B-A3B decode 32 b\nQwen3-30B-A3B decode 32 c\nQwen3-30B-A3B decode 8 a\nQwen3-30B-A3B decode 8 b\nQwen3-30B-A3B decode 8 c\nQwen3-30B-A3B prompt 1921 a\nQwen3-30B-A3B prompt 1921 b\nQwen3-30B-A3B prompt 1921 c\nQwen3-30B-A3B prompt 3969 a\nQwen3-30B-A3B prompt 3969 b\nQwen3-30B-A3B prompt 3969 c\nQwen3-30B-A3B prompt 897 a\nQwen3-30B-A3B prompt 897 b\nQwen3-30B-A3B prompt 897 c'
      return
      ;;
    --matrix)
      _nullcurve_bench_offer "$word" $'logbook\nmodes'
      return
      ;;
    --chart-view)
      _nullcurve_bench_offer "$word" $'throughput\nwhere\nefficiency\nstages\nload'
      return
      ;;
    --chart-scale)
      _nullcurve_bench_offer "$word" $'absolute\nrelative\nbaseline'
      return
      ;;
    --chart-facets)
      _nullcurve_bench_offer "$word" $'none\nshape\ntopk'
      return
      ;;
    --chart-along)
      _nullcurve_bench_offer "$word" $'fraction\ntokens\nexperts\ntopk\ncapacity\nstep'
      return
      ;;
    --chart-phase)
      _nullcurve_bench_offer "$word" $'all\nforward\nbackward'
      return
      ;;
    --chart-stage-scale)
      _nullcurve_bench_offer "$word" $'slot\ntoken\nexcess'
      return
      ;;
    --chart-load-scale)
      _nullcurve_bench_offer "$word" $'experts\ncost\nthroughput'
      return
      ;;
    --chart-what-if)
      _nullcurve_bench_offer "$word" $'nothing\nfixed-halved\nweights-once'
      return
      ;;
    --chart-size)
      _nullcurve_bench_offer "$word" $'column\ncolumns\nslide'
      return
      ;;
    --chart-look)
      _nullcurve_bench_offer "$word" $'print\nlight\ndark'
      return
      ;;
    --chart-caption)
      _nullcurve_bench_offer "$word" $'machine'
      return
      ;;
    --lang)
      _nullcurve_bench_offer "$word" $'en\nde'
      return
      ;;
    --routing-file | --resume | --csv | --journal | --chart | --report | --of)
      compopt -o filenames 2> /dev/null
      COMPREPLY=($(compgen -f -- "$word"))
      return
      ;;
    --dump-tensors | --trace-dir)
      compopt -o filenames 2> /dev/null
      COMPREPLY=($(compgen -d -- "$word"))
      return
      ;;
    --tokens | --hidden | --mlp-dim | --experts | --topk | --topk-list | --tokens-list | --experts-list | --shared-expert-dim | --capacity-factor | --run-alpha | --run-noise-scale | --zipf-exponent | --hot-experts | --hot-share | --loads-row | --trace-layer | --tile | --seed | --null-route-frac | --null-route-frac-list | --null-experts | --null-route-seed | --ep-size | --threads | --iters | --warmup | --starts | --precision | --budget | --wait-quiet | --min-sample-time | --scale | --scale-widths | --versus | --chart-run | --chart-curve | --chart-at | --chart-letters | --chart-dpi | --on | --through | --there | --progress)
      : # whatever it is, it is not known here
      return
      ;;
  esac
  if [[ $word == -* ]]; then
    _nullcurve_bench_offer "${word//_/-}" "\
--tokens
--hidden
--mlp-dim
--experts
--topk
--topk-list
--tokens-list
--experts-list
--shared-expert-dim
--shared-fused
--dtype
--bench-pass
--backend
--impl
--queue-mode
--routing-pack-strategy
--dispatch-permute-mode
--use-custom-sort-vjp
--remat-mode
--capacity-policy
--capacity-factor
--prepack
--distribution
--run-alpha
--run-noise-scale
--zipf-exponent
--hot-experts
--hot-share
--routing-file
--loads-row
--trace-layer
--k-rule
--tile
--seed
--null-route-frac
--null-route-frac-list
--null-route-sweep
--baseline
--null-granularity
--null-tokens
--null-routing-mode
--null-experts
--null-route-seed
--renormalize-real-after-null
--null-dispatch
--null-kind
--parallel-mode
--ep-comm-path
--ep-size
--accelerator
--threads
--iters
--warmup
--starts
--until-settled
--precision
--budget
--wait-quiet
--min-sample-time
--stage-timing
--preset
--matrix
--scale
--scale-widths
--resume
--versus
--csv
--journal
--chart
--plot
--report
--table
--logbook
--compare
--convert
--of
--dump-tensors
--trace-dir
--chart-view
--chart-scale
--chart-facets
--chart-along
--chart-x-ideal
--chart-x-experts
--chart-log-y
--chart-limits
--chart-run
--chart-curve
--chart-phase
--chart-stage-scale
--chart-load-scale
--chart-what-if
--chart-at
--chart-size
--chart-letters
--chart-dpi
--chart-look
--chart-caption
--chart-no-title
--chart-no-legend
--calibrate
--on
--through
--there
--facts
--forecast
--progress
--lang
--help
--version"
    return
  fi
  compopt -o filenames 2> /dev/null
  COMPREPLY=($(compgen -f -- "$word"))
}

complete -F _nullcurve_bench nullcurve-bench
